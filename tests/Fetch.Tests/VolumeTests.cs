using System.Security.Cryptography;

namespace ModelOperator.Fetch.Tests;

public sealed class VolumeTests : VolumeFixture
{
    [Test]
    public async Task A_file_is_copied_and_its_digest_checked()
    {
        Write("digits/v1.onnx", "model");
        string digest = Convert.ToHexStringLower(SHA256.HashData("model"u8));

        await FetchAsync("pvc://claim/digits/v1.onnx", options => Mounted(options) with { Sha256 = digest });
        TerminatingException other = await FailureAsync(
            "pvc://claim/digits/v1.onnx",
            options => Mounted(options) with { Sha256 = new string('a', 64), Output = Output + "2" });

        Assert.That(File.ReadAllText(Output), Is.EqualTo("model"));
        Assert.That(other.Reason, Is.EqualTo(FailureReasons.DigestMismatch));
    }

    [Test]
    public async Task A_folder_is_copied_with_what_belongs_to_the_model()
    {
        Write("blobs/1", "model");
        Write("v1/net.data", "weights");
        Write("v1/._net.onnx", "attributes that macOS keeps");
        Write("v1/.DS_Store", "icons");
        File.CreateSymbolicLink(Path.Combine(Volume, "v1", "net.onnx"), "../blobs/1");

        await FetchAsync("pvc://claim/v1/", Mounted);

        Assert.That(Fetched(), Is.EquivalentTo(new Dictionary<string, string> { ["model.onnx"] = "model", ["net.data"] = "weights" }));
    }

    [Test]
    public async Task A_link_out_of_theVolume_is_refused()
    {
        File.WriteAllText(Path.Combine(Folder, "token"), "secret");
        File.CreateSymbolicLink(Path.Combine(Volume, "model.onnx"), Path.Combine(Folder, "token"));
        Directory.CreateSymbolicLink(Path.Combine(Volume, "out"), Folder);

        TerminatingException file = await FailureAsync("pvc://claim/model.onnx", Mounted);
        TerminatingException folder = await FailureAsync("pvc://claim/out/token", Mounted);

        Assert.That((file.Reason, folder.Reason), Is.EqualTo((FailureReasons.AddressRefused, FailureReasons.AddressRefused)));
        Assert.That(Fetched(), Is.Empty);
    }

    [Test]
    public async Task What_is_not_there_is_not_found()
    {
        TerminatingException failure = await FailureAsync("pvc://claim/absent.onnx", Mounted);

        Assert.That(failure.Message, Is.EqualTo("there is no file absent.onnx on the volume of the claim claim"));
        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelNotFound));
    }
}
