using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Fetch.Archives;

namespace ModelOperator.Fetch.Tests;

public sealed class ArchiveTests : FetchFixture
{
    [TestCase("tar")]
    [TestCase("tar.gz")]
    [TestCase("zip")]
    public async Task A_model_and_what_belongs_to_it_are_unpacked_side_by_side(string format)
    {
        byte[] archive = Pack(
            format, ("digits/net.onnx", "model"), ("digits/net.data", "weights"), ("digits/more/x.bin", "more"), ("README", "read me"));

        await FetchAsync(await Served(archive));

        Dictionary<string, string> fetched = Fetched();
        fetched.Remove(".fetched");
        Assert.That(fetched, Is.EquivalentTo(
            new Dictionary<string, string> { ["model.onnx"] = "model", ["net.data"] = "weights", ["more/x.bin"] = "more" }));
    }

    [TestCase("tar")]
    [TestCase("tar.gz")]
    [TestCase("zip")]
    public async Task What_desktops_write_beside_a_model_is_left_out(string format)
    {
        byte[] archive = Pack(
            format, ("./._net.onnx", "attributes"), ("./net.onnx", "model"), ("__MACOSX/._net.onnx", "attributes"),
            ("__MACOSX/net.onnx", "no model"), ("./.DS_Store", "icons"),
            ("Thumbs.db", "icons"), ("net.data", "weights"), ("._net.data", "attributes"));

        await FetchAsync(await Served(archive));

        Dictionary<string, string> fetched = Fetched();
        fetched.Remove(".fetched");
        Assert.That(fetched, Is.EquivalentTo(new Dictionary<string, string> { ["model.onnx"] = "model", ["net.data"] = "weights" }));
    }

    [Test]
    public async Task What_is_left_out_counts_all_the_same()
    {
        byte[] archive = Pack("tar", ("model.onnx", "model"), ("._a", "1"), ("._b", "2"));

        TerminatingException failure = await FailureAsync(
            await Served(archive), options => options with { ArchiveLimits = new() { MaxEntries = 2 } });

        Assert.That(failure.Message, Is.EqualTo("the archive holds more than 2 entries, the limit; nothing of it is used"));
    }

    [Test]
    public async Task An_archive_that_was_unpacked_is_known_by_its_digest()
    {
        byte[] archive = Pack("tar.gz", ("a.onnx", "model"));
        string address = await Served(archive);
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(archive));
        await FetchAsync(address, options => options with { Sha256 = digest });
        await _server!.DisposeAsync();

        await FetchAsync(address, options => options with { Sha256 = digest });

        Assert.That(File.ReadAllText(Output), Is.EqualTo("model"));
    }

    [TestCase("../evil", "which leads out of the folder")]
    [TestCase("a/../../evil", "which leads out of the folder")]
    [TestCase("/etc/evil", "which is an absolute path or one of another system")]
    [TestCase("C:\\evil", "which is an absolute path or one of another system")]
    [TestCase("a\\..\\evil", "which is an absolute path or one of another system")]
    public async Task An_entry_that_leads_out_is_refused(string name, string problem)
    {
        foreach (string format in (string[])["tar", "zip"])
        {
            TerminatingException failure = await FailureAsync(await Served(Pack(format, ("model.onnx", "model"), (name, "evil"))));

            Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ArchiveInvalid));
            Assert.That(failure.Message, Is.EqualTo($"the archive holds '{name}', {problem}; nothing of it is used"));
            Assert.That(Fetched(), Is.Empty);
        }
    }

    [TestCase(TarEntryType.SymbolicLink, "model.onnx", "/etc/passwd", "a link to an absolute path")]
    [TestCase(TarEntryType.SymbolicLink, "model.onnx", "../../../etc/passwd", "a link that leads out of the folder")]
    [TestCase(TarEntryType.SymbolicLink, "model.onnx", "absent", "a link to 'absent', which is no file of the archive")]
    [TestCase(TarEntryType.SymbolicLink, "model.onnx", "model.onnx", "a link that leads to itself")]
    [TestCase(TarEntryType.HardLink, "model.onnx", "../evil", "which leads out of the folder")]
    [TestCase(TarEntryType.Fifo, "model.onnx", null, "which is neither a file nor a folder")]
    [TestCase(TarEntryType.CharacterDevice, "model.onnx", null, "which is neither a file nor a folder")]
    public async Task Links_out_and_devices_are_refused(TarEntryType type, string name, string? target, string problem)
    {
        PaxTarEntry entry = new(type, name);
        if (target is not null)
        {
            entry.LinkName = target;
        }

        TerminatingException failure = await FailureAsync(await Served(Tar(entry)));

        Assert.That(
            (failure.Reason, failure.Message.Contains(problem, StringComparison.Ordinal)),
            Is.EqualTo((FailureReasons.ArchiveInvalid, true)),
            failure.Message);
    }

    [Test]
    public async Task A_folder_that_is_a_link_lets_nothing_be_written_through_it()
    {
        string outside = Directory.CreateDirectory(Path.Combine(Folder, "outside")).FullName;
        PaxTarEntry link = new(TarEntryType.SymbolicLink, "data") { LinkName = "models" };

        TerminatingException failure = await FailureAsync(await Served(Tar(link, FileEntry("data/model.onnx", "evil"))));

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ArchiveInvalid));
        Assert.That(Directory.GetFileSystemEntries(outside), Is.Empty);
    }

    [Test]
    public async Task Links_within_become_copies()
    {
        byte[] archive = Tar(
            FileEntry("blobs/1", "model"),
            new PaxTarEntry(TarEntryType.SymbolicLink, "snapshots/v1/net.onnx") { LinkName = "../../blobs/1" },
            new PaxTarEntry(TarEntryType.HardLink, "snapshots/v1/net.data") { LinkName = "blobs/1" });

        await FetchAsync(await Served(archive));

        Assert.That(File.ReadAllText(Output), Is.EqualTo("model"));
        Assert.That(new FileInfo(Output).LinkTarget, Is.Null);
        Assert.That(File.ReadAllText(Path.Combine(Path.GetDirectoryName(Output)!, "net.data")), Is.EqualTo("model"));
    }

    [Test]
    public async Task A_small_archive_of_a_huge_file_is_refused()
    {
        foreach (string format in (string[])["tar.gz", "zip"])
        {
            byte[] bomb = Pack(format, ("model.onnx", new string('0', 3_000_000)));
            ArchiveLimits limits = new() { RatioFrom = 1000, MaxRatio = 10 };

            TerminatingException failure = await FailureAsync(await Served(bomb), options => options with { ArchiveLimits = limits });

            Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ArchiveInvalid));
            Assert.That(failure.Message, Does.Contain("the limit for one of its size"));
            Assert.That(Fetched(), Is.Empty);
        }
    }

    [Test]
    public async Task An_archive_of_too_many_entries_is_refused()
    {
        byte[] archive = Pack("tar.gz", [.. Enumerable.Range(0, 101).Select(i => ($"{i}.onnx", "x"))]);

        TerminatingException failure = await FailureAsync(
            await Served(archive), options => options with { ArchiveLimits = new ArchiveLimits { MaxEntries = 100 } });

        Assert.That(failure.Message, Is.EqualTo("the archive holds more than 100 entries, the limit; nothing of it is used"));
    }

    [TestCase('x', Description = "attributes of one entry")]
    [TestCase('g', Description = "attributes of all entries")]
    [TestCase('L', Description = "a long name, as GNU tar has it")]
    public async Task Attributes_that_would_fill_the_memory_are_refused(char type)
    {
        foreach (long size in (long[])[1 << 20, int.MaxValue - 1000, 1L << 33])
        {
            using MemoryStream archive = new();
            await using (GZipStream gzip = new(archive, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(Header(type, size));
                gzip.Write(new byte[4 << 20]);
            }

            TerminatingException failure = await FailureAsync(await Served(archive.ToArray()));

            Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ArchiveInvalid), failure.Message);
            Assert.That(Fetched(), Is.Empty);
        }
    }

    [TestCase(512, "it ends in the middle of an entry")]
    [TestCase(700, "it ends in the middle of an entry")]
    [TestCase(100, "")]
    public async Task An_archive_that_is_cut_off_is_refused(int bytes, string problem)
    {
        byte[] archive = Tar(new UstarTarEntry(TarEntryType.RegularFile, "model.onnx") { DataStream = new MemoryStream(new byte[3000]) });
        using MemoryStream cut = new();
        await using (GZipStream gzip = new(cut, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(archive.AsSpan(0, bytes));
        }

        TerminatingException failure = await FailureAsync(await Served(cut.ToArray()));

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ArchiveInvalid));
        Assert.That(failure.Message, Does.StartWith("the archive is damaged: ").And.EndsWith(problem));
    }

    [Test]
    public async Task Sparse_files_are_refused()
    {
        PaxTarEntry entry = new(
            TarEntryType.RegularFile,
            "model.onnx",
            new Dictionary<string, string> { ["GNU.sparse.major"] = "1", ["GNU.sparse.minor"] = "0" })
        {
            DataStream = new MemoryStream(new byte[3000]),
        };

        TerminatingException failure = await FailureAsync(await Served(Tar(entry)));

        Assert.That(
            (failure.Reason, failure.Message),
            Is.EqualTo((FailureReasons.ArchiveInvalid, "the archive is damaged: it holds a sparse file, which is not supported")));
    }

    [TestCase(TarEntryFormat.V7)]
    [TestCase(TarEntryFormat.Ustar)]
    [TestCase(TarEntryFormat.Pax)]
    [TestCase(TarEntryFormat.Gnu)]
    public async Task Every_format_of_tar_is_unpacked(TarEntryFormat format)
    {
        string folder = format is TarEntryFormat.V7 ? "a" : new string('a', 70);
        using MemoryStream archive = new();
        await using (GZipStream gzip = new(archive, CompressionLevel.Fastest, leaveOpen: true))
        await using (TarWriter writer = new(gzip, format))
        {
            string name = Path.Combine(Folder, "net.onnx");
            await File.WriteAllTextAsync(name, "model");
            await writer.WriteEntryAsync(name, $"{folder}/{folder}/net.onnx");
        }

        await FetchAsync(await Served(archive.ToArray()));

        Assert.That(File.ReadAllText(Output), Is.EqualTo("model"));
    }

    [Test]
    public async Task An_archive_without_a_model_or_with_several_is_refused()
    {
        Assert.That(
            (await FailureAsync(await Served(Pack("zip", ("weights.bin", "x"))))).Message,
            Is.EqualTo("there is no model among the 1 files, expected one whose name ends with .onnx"));
        Assert.That(
            (await FailureAsync(await Served(Pack("zip", ("b/2.onnx", "x"), ("a/1.onnx", "x"))))).Message,
            Is.EqualTo("there are 2 models (a/1.onnx, b/2.onnx), expected one, or one named model.onnx"));
    }

    [Test]
    public void Damaged_archives_are_refused_and_nothing_else_happens()
    {
        byte[][] archives =
        [
            Pack("tar.gz", ("a/model.onnx", "model")),
            Pack("zip", ("a/model.onnx", "model")),
            Pack("tar", ("a/model.onnx", new string('x', 2000))),
        ];
        string file = Path.Combine(Folder, "archive");
        Prop.ForAll<int, int, byte>((which, at, value) =>
        {
            byte[] damaged = [.. archives[(which & 0x7fff_ffff) % archives.Length]];
            damaged[(at & 0x7fff_ffff) % damaged.Length] = value;
            File.WriteAllBytes(file, damaged);
            string folder = Directory.CreateDirectory(Path.Combine(Folder, "out", Guid.NewGuid().ToString("N"))).FullName;
            try
            {
                Archive.TryUnpackAsync(
                    file,
                    folder,
                    new ArchiveLimits(),
                    Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
                    default).GetAwaiter().GetResult();
            }
            catch (TerminatingException e)
            {
                Assert.That(e.Reason, Is.EqualTo(FailureReasons.ArchiveInvalid));
            }

            Assert.That(Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName), Is.SubsetOf(["archive", "out"]));
        }).QuickCheckThrowOnFailure();
    }

    private FileServer? _server;

    [TearDown]
    public async Task StopServer()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task<string> Served(byte[] content)
    {
        await StopServer();
        _server = await FileServer.StartAsync(context => context.Response.Body.WriteAsync(content).AsTask());
        return _server.Uri("/archive").AbsoluteUri;
    }

    private static PaxTarEntry FileEntry(string name, string content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    /// <summary>The block before an entry, of a type and a size of one's own.</summary>
    private static byte[] Header(char type, long size)
    {
        byte[] block = new byte[512];
        Put(0, "././@LongLink");
        Put(100, "0000644\0" + "0000000\0" + "0000000\0");
        Put(124, Convert.ToString(size, 8).PadLeft(11, '0') + "\0" + "00000000000\0" + "        ");
        block[156] = (byte)type;
        Put(257, type == 'L' ? "ustar  \0" : "ustar\0" + "00");
        Put(148, Convert.ToString(block.Sum(b => b), 8).PadLeft(6, '0') + "\0 ");
        return block;

        void Put(int at, string text) => Encoding.ASCII.GetBytes(text, block.AsSpan(at));
    }

    private static byte[] Tar(params TarEntry[] entries)
    {
        using MemoryStream stream = new();
        using (TarWriter writer = new(stream, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Pack(string format, params (string Name, string Content)[] files)
    {
        if (format != "zip")
        {
            byte[] tar = Tar([.. files.Select(file => FileEntry(file.Name, file.Content))]);
            using MemoryStream packed = new();
            using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(tar);
            }

            return format == "tar" ? tar : packed.ToArray();
        }

        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string content) in files)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }
}
