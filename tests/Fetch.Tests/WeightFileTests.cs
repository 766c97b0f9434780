using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using ModelOperator.Fetch.Onnx;

namespace ModelOperator.Fetch.Tests;

/// <summary>Models whose weights are in files of their own.</summary>
public sealed class WeightFileTests : FetchFixture
{
    private readonly Dictionary<string, byte[]> _served = [];

    [SetUp]
    public void ServeNothing() => _served.Clear();

    [Test]
    public async Task The_weights_of_a_model_of_Hugging_Face_come_from_its_folder()
    {
        await using FileServer store = await FileServer.StartAsync(ServeAsync);
        _served["/org/repo/resolve/main/onnx/model.onnx"] = Model("model.onnx_data", "./more/w 1.bin");
        _served["/org/repo/resolve/main/onnx/model.onnx_data"] = "weights"u8.ToArray();
        _served["/org/repo/resolve/main/onnx/more/w%201.bin"] = "more"u8.ToArray();

        await FetchAsync($"hf://org/repo/onnx/model.onnx?endpoint={store.Uri("")}");

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(_served["/org/repo/resolve/main/onnx/model.onnx"]));
        Assert.That(Beside("model.onnx_data"), Is.EqualTo("weights"));
        Assert.That(Beside("more/w 1.bin"), Is.EqualTo("more"));
    }

    [Test]
    public async Task The_weights_of_a_file_of_a_web_server_come_from_its_folder_however_it_is_named()
    {
        await using FileServer store = await FileServer.StartAsync(ServeAsync);
        _served["/a%20b/net.onnx"] = Model("net.data");
        _served["/a%20b/net.data"] = "weights"u8.ToArray();

        await FetchAsync(store.Uri("/a%20b/net.onnx").OriginalString);

        Assert.That(Beside("net.data"), Is.EqualTo("weights"));
    }

    [Test]
    public async Task The_weights_of_a_file_of_a_volume_come_from_its_folder()
    {
        string volume = Directory.CreateDirectory(Path.Combine(Folder, "volume", "v1")).Parent!.FullName;
        await File.WriteAllBytesAsync(Path.Combine(volume, "v1", "net.onnx"), Model("net.data"));
        await File.WriteAllTextAsync(Path.Combine(volume, "v1", "net.data"), "weights");

        await FetchAsync("pvc://claim/v1/net.onnx", options => options with { Volume = volume });

        Assert.That(Beside("net.data"), Is.EqualTo("weights"));
    }

    [Test]
    public async Task Weights_that_are_not_there_are_named()
    {
        await using FileServer store = await FileServer.StartAsync(ServeAsync);
        _served["/net.onnx"] = Model("net.data");

        TerminatingException failure = await FailureAsync(store.Uri("/net.onnx").OriginalString);

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelNotFound));
        Assert.That(failure.Message, Is.EqualTo(
            $"{store.Uri("/net.onnx")} keeps weights in net.data, which is not beside it: {store.Uri("/net.data")} answers 404 Not Found"));
        Assert.That(File.Exists(Output), Is.False);
    }

    [Test]
    public async Task Weights_that_a_digest_does_not_cover_are_refused_with_the_way_out()
    {
        await using FileServer store = await FileServer.StartAsync(ServeAsync);
        byte[] model = _served["/net.onnx"] = Model("net.data");
        _served["/net.data"] = "weights"u8.ToArray();

        TerminatingException failure = await FailureAsync(
            store.Uri("/net.onnx").OriginalString, options => options with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(model)) });

        Assert.That((failure.Reason, File.Exists(Output)), Is.EqualTo((FailureReasons.InvalidConfiguration, false)));
        Assert.That(failure.Message, Does.EndWith(
            "keeps weights in net.data, which its digest does not cover; pack all files into an archive and give its digest, "
            + "push them as one oci artifact, or sign each file"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Weights_of_a_signed_model_must_be_signed_too(bool signed)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using FileServer store = await FileServer.StartAsync(ServeAsync);
        byte[] weights = "weights"u8.ToArray();
        Sign("/net.onnx", Model("net.data"), key);
        Sign("/net.data", weights, key);
        if (!signed)
        {
            _served["/net.data"] = "other weights"u8.ToArray();
        }

        string pem = Path.Combine(Folder, "cosign.pub");
        await File.WriteAllTextAsync(pem, key.ExportSubjectPublicKeyInfoPem());
        Func<FetchOptions, FetchOptions> change = options => options with { SignatureKey = Signatures.SignatureKey.Read(pem) };

        if (signed)
        {
            await FetchAsync(store.Uri("/net.onnx").OriginalString, change);
            Assert.That(Beside("net.data"), Is.EqualTo("weights"));
        }
        else
        {
            Assert.That(
                (await FailureAsync(store.Uri("/net.onnx").OriginalString, change)).Reason,
                Is.EqualTo(FailureReasons.SignatureInvalid));
        }
    }

    [TestCase("../token", "../token")]
    [TestCase("/etc/passwd", "/etc/passwd")]
    [TestCase(".", ".")]
    public async Task Weights_outside_of_the_folder_are_refused(string name, string shown)
    {
        await using FileServer store = await FileServer.StartAsync(ServeAsync);
        _served["/net.onnx"] = Model(name);

        TerminatingException failure = await FailureAsync(store.Uri("/net.onnx").OriginalString);

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelInvalid));
        Assert.That(failure.Message, Does.Contain($"keeps weights in {shown}: expected at most 1000 files of its own folder"));
    }

    [Test]
    public async Task All_files_together_are_within_the_limit()
    {
        await using FileServer store = await FileServer.StartAsync(ServeAsync);
        byte[] model = _served["/net.onnx"] = Model("net.data");
        _served["/net.data"] = new byte[100];

        TerminatingException failure = await FailureAsync(
            store.Uri("/net.onnx").OriginalString, options => options with { MaxBytes = model.Length + 99 });

        Assert.That(failure.Message, Does.EndWith("is larger than 99 bytes, the limit"));
    }

    [Test]
    public async Task A_folder_without_the_weights_is_refused()
    {
        string volume = Directory.CreateDirectory(Path.Combine(Folder, "volume", "v1")).Parent!.FullName;
        await File.WriteAllBytesAsync(Path.Combine(volume, "v1", "net.onnx"), Model("net.data"));

        TerminatingException failure = await FailureAsync("pvc://claim/v1/", options => options with { Volume = volume });

        Assert.That((failure.Reason, failure.Message), Is.EqualTo((
            FailureReasons.ArchiveInvalid,
            "pvc://claim/v1/ lacks files in which its model keeps weights: net.data; pack them beside the model")));
    }

    [Test]
    public void Names_are_found_wherever_a_tensor_may_be()
    {
        byte[] branch = Field(5, Field(6, Field(5, Tensor("branch"))));
        byte[] sparse = Field(15, Field(1, Tensor("sparse")));
        byte[] value = Field(1, Field(5, Field(5, Tensor("attribute"))));
        byte[] function = Field(25, Field(7, Field(5, Field(10, Tensor("function")))));
        string file = Write([
            .. Field(2, new byte[300_000]),
            .. Field(7, [.. Field(1, branch), .. sparse, .. value, .. Field(5, [.. Field(9, new byte[200_000]), .. Tensor("plain")])]),
            .. function,
        ]);

        Assert.That(ExternalData.NamesIn(file), Is.EqualTo(["attribute", "branch", "function", "plain", "sparse"]));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Whatever_a_file_holds_it_is_read_without_an_error() => Prop.ForAll(
        (from junk in ArbMap.Default.GeneratorFor<byte[]>()
         from at in Gen.Choose(0, 60)
         from cut in Gen.Choose(0, 5)
         select Mangled(Model("net.data"), junk, at, cut)).ToArbitrary(),
        bytes =>
        {
            string file = Write(bytes);
            return ExternalData.NamesIn(file).Count <= 10_000;
        });

    private static byte[] Mangled(byte[] model, byte[] junk, int at, int cut)
    {
        at = Math.Min(at, model.Length);
        return [.. model[..at], .. junk, .. model[Math.Min(at + cut, model.Length)..]];
    }

    internal static byte[] Model(params string[] files) =>
        Field(7, [.. files.SelectMany(file => Field(5, [.. Field(8, "w"u8), .. Tensor(file)]))]);

    /// <summary>The fields of a tensor whose data is elsewhere.</summary>
    private static byte[] Tensor(string file) =>
    [
        .. Field(13, [.. Field(1, "location"u8), .. Field(2, Encoding.UTF8.GetBytes(file))]),
        .. Field(13, [.. Field(1, "offset"u8), .. Field(2, "0"u8)]),
        14 << 3,
        1,
    ];

    private static byte[] Field(int number, ReadOnlySpan<byte> value)
    {
        List<byte> bytes = [];
        foreach (int part in (int[])[(number << 3) | 2, value.Length])
        {
            int rest = part;
            for (; rest >= 0x80; rest >>= 7)
            {
                bytes.Add((byte)(rest | 0x80));
            }

            bytes.Add((byte)rest);
        }

        return [.. bytes, .. value];
    }

    private string Write(byte[] bytes)
    {
        string file = Path.Combine(Folder, "model");
        File.WriteAllBytes(file, bytes);
        return file;
    }

    private string Beside(string path) => File.ReadAllText(Path.Combine(Path.GetDirectoryName(Output)!, path));

    private void Sign(string path, byte[] content, ECDsa key)
    {
        _served[path] = content;
        _served[path + ".sig"] = Encoding.ASCII.GetBytes(
            Convert.ToBase64String(key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
    }

    private Task ServeAsync(HttpContext context)
    {
        string target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        if (_served.TryGetValue(target, out byte[]? content))
        {
            return context.Response.Body.WriteAsync(content).AsTask();
        }

        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }
}
