using System.Runtime.Versioning;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Execution;

/// <summary>What is kept on volumes that others write to.</summary>
public sealed class SealedFileTests
{
    private readonly SealedFiles _files = new(RandomNumberGenerator.GetBytes(32));
    private string _directory = null!;

    private string Kept => Path.Combine(_directory, "kept");

    private string Copy => Path.Combine(_directory, "copy");

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("sealed-tests-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property What_was_changed_in_any_place_is_not_read() => Prop.ForAll(
        (from content in ArbMap.Default.GeneratorFor<byte[]>()
         from at in Gen.Choose(0, int.MaxValue)
         from change in Gen.Choose(0, 255)
         from cut in Gen.Choose(0, 3)
         select (content, at, change, cut)).ToArbitrary(),
        test =>
        {
            Seal(test.content, "purpose");
            byte[] kept = File.ReadAllBytes(Kept);
            byte[] changed = kept[..^test.cut];
            changed[test.at % changed.Length] ^= (byte)test.change;
            File.WriteAllBytes(Kept, changed);

            bool read = _files.TryRead(Kept, Copy, "purpose");
            return read == changed.SequenceEqual(kept)
                && read == File.Exists(Copy)
                && (!read || File.ReadAllBytes(Copy).SequenceEqual(test.content));
        });

    [Test]
    public void What_was_kept_for_something_else_or_with_another_key_is_not_read()
    {
        Seal([1, 2, 3], "model a");

        Assert.That(_files.TryRead(Kept, Copy, "model a"), Is.True);
        Assert.That(_files.TryRead(Kept, Copy, "model b"), Is.False);
        Assert.That(new SealedFiles(new byte[32]).TryRead(Kept, Copy, "model a"), Is.False);
        Assert.That(File.Exists(Copy), Is.False);
    }

    [Test]
    public void Engines_come_back_at_the_next_start_and_those_of_strangers_do_not()
    {
        string volume = Path.Combine(_directory, "volume");
        using (EngineFolder first = EngineFolder.Open(_files, volume, "engine;a", NullLogger.Instance)!)
        {
            File.WriteAllText(Path.Combine(first.Path, "graph.engine"), "code");
            first.Keep();
        }

        File.WriteAllText(Path.Combine(volume, "evil.engine"), "other code");
        File.Copy(Path.Combine(volume, "graph.engine"), Path.Combine(volume, "renamed.engine"));
        using EngineFolder next = EngineFolder.Open(_files, volume, "engine;a", NullLogger.Instance)!;
        using EngineFolder other = EngineFolder.Open(_files, volume, "engine;b", NullLogger.Instance)!;

        Assert.That(Directory.GetFiles(next.Path).Select(Path.GetFileName), Is.EqualTo(["graph.engine"]));
        Assert.That(File.ReadAllText(Path.Combine(next.Path, "graph.engine")), Is.EqualTo("code"));
        Assert.That(Directory.GetFiles(other.Path), Is.Empty);
    }

    [Test]
    public void An_engine_that_grew_is_kept_anew_and_the_folder_goes_with_the_session()
    {
        string volume = Path.Combine(_directory, "volume");
        string path;
        using (EngineFolder folder = EngineFolder.Open(_files, volume, "engine;a", NullLogger.Instance)!)
        {
            path = folder.Path;
            File.WriteAllText(Path.Combine(path, "graph.engine"), "code");
            folder.Keep();
            File.WriteAllText(Path.Combine(path, "graph.engine"), "more code");
        }

        Assert.That(Directory.Exists(path), Is.False);
        Assert.That(_files.TryRead(Path.Combine(volume, "graph.engine"), Copy, "engine;a;graph.engine"), Is.True);
        Assert.That(File.ReadAllText(Copy), Is.EqualTo("more code"));
    }

    [Test]
    [SupportedOSPlatform("linux")]
    public void A_pods_own_key_is_the_same_at_the_next_start_and_nobody_elses()
    {
        string file = Path.Combine(_directory, "own.key");

        byte[] first = CacheKey.Own(file);
        byte[] next = CacheKey.Own(file);
        UnixFileMode mode = File.GetUnixFileMode(file);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        byte[] afterOthersCouldRead = CacheKey.Own(file);

        Assert.That(next, Is.EqualTo(first));
        Assert.That(mode, Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(afterOthersCouldRead, Is.Not.EqualTo(first));
        Assert.That(CacheKey.Own("/proc/nowhere/own.key"), Has.Length.EqualTo(32));
    }

    [Test]
    public void A_key_that_is_too_short_or_not_there_is_refused()
    {
        string file = Path.Combine(_directory, "short.key");
        File.WriteAllText(file, "secret");

        Assert.That(
            Assert.Throws<TerminatingException>(() => CacheKey.Load(file))!.Message,
            Is.EqualTo($"--cache-key-file {file} has 6 bytes, expected 16 to 65536 random ones"));
        Assert.That(
            Assert.Throws<TerminatingException>(() => CacheKey.Load(file + "2"))!.Message,
            Does.StartWith($"--cache-key-file {file}2 cannot be read: "));
    }

    private void Seal(byte[] content, string purpose)
    {
        string file = Path.Combine(_directory, "content");
        File.WriteAllBytes(file, content);
        _files.Write(file, Kept, purpose);
    }
}
