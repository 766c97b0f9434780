using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace ModelOperator.Fetch.Tests;

/// <summary>A revision serves one model: what one fetch got, the others have to get as well.</summary>
public sealed class PinTests : VolumeFixture
{
    /// <summary>Where another pod puts its model.</summary>
    private string Again => Path.Combine(Folder, "again", "model.onnx");

    [Test]
    public async Task A_file_that_has_changed_is_refused_with_both_digests_and_the_way_out()
    {
        Write("net.onnx", "model");
        string pin = await FetchVolumeAsync("net.onnx");
        Write("net.onnx", "another");

        TerminatingException failure = await FailureAsync("pvc://claim/net.onnx", options => Pinned(options, pin));

        Assert.That(pin, Is.EqualTo(Sha256("model")), "what sha256sum prints, so that it can be named in the spec");
        Assert.That((failure.Reason, failure.Message), Is.EqualTo((
            FailureReasons.DigestMismatch,
            $"the digest of what arrived is {Sha256("another")}, and this revision serves {pin}: the model at its address has changed; "
            + "put the earlier one back, or change spec.model.uri or spec.model.digest, "
            + "so that the new one is rolled out as a revision of its own")));
        Assert.That(File.Exists(Again), Is.False);
    }

    [TestCase("v1/net.data", TestName = "Weights_that_have_changed_are_refused")]
    [TestCase("v1/labels.txt", TestName = "Any_file_of_a_folder_that_has_changed_is_refused")]
    public async Task Every_file_counts(string changed)
    {
        Write("v1/net.onnx", "model");
        Write("v1/net.data", "weights");
        Write("v1/labels.txt", "labels");
        string pin = await FetchVolumeAsync("v1/");
        Assert.That(await FetchAsync("pvc://claim/v1/", options => Pinned(options, pin)), Is.EqualTo(pin));
        Write(changed, "another");

        Assert.That(
            (await FailureAsync("pvc://claim/v1/", options => Pinned(options, pin) with
            {
                Output = Path.Combine(Folder, "third", "model.onnx"),
            })).Reason, Is.EqualTo(FailureReasons.DigestMismatch));
    }

    [Test]
    public async Task Weights_that_are_downloaded_along_with_the_model_count_too()
    {
        string weights = "weights";
        await using FileServer store = await FileServer.StartAsync(async context => await context.Response.Body.WriteAsync(
            context.Request.Path == "/net.onnx" ? WeightFileTests.Model("net.data") : Encoding.ASCII.GetBytes(weights)));
        string address = store.Uri("/net.onnx").OriginalString;
        string pin = await FetchAsync(address);
        Assert.That(await FetchAsync(address), Is.EqualTo(pin));
        weights = "another";

        TerminatingException failure = await FailureAsync(
            address, options => options with { Pin = pin["sha256:".Length..], Output = Again });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.DigestMismatch));
    }

    [Test]
    public async Task An_archive_has_the_digest_of_its_file()
    {
        string archive = Path.Combine(Volume, "net.tar");
        await using (var writer = new TarWriter(File.Create(archive)))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "net.onnx")
            {
                DataStream = new MemoryStream("model"u8.ToArray()),
            });
        }

        Assert.That(
            await FetchVolumeAsync("net.tar"),
            Is.EqualTo("sha256:" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(archive)))));
    }

    [Test]
    public async Task A_container_that_starts_again_with_the_model_on_its_disk_needs_no_store()
    {
        Write("net.onnx", "model");
        string pin = await FetchVolumeAsync("net.onnx");
        File.Delete(Path.Combine(Volume, "net.onnx"));

        Assert.That(await FetchAsync("pvc://claim/net.onnx", options => Pinned(options, pin) with { Output = Output }), Is.EqualTo(pin));
        Assert.That(
            (await FailureAsync("pvc://claim/net.onnx", options => Pinned(options, "sha256:" + new string('0', 64)) with
            {
                Output = Output,
            })).Reason, Is.EqualTo(FailureReasons.ModelNotFound));
    }

    private Task<string> FetchVolumeAsync(string path) => FetchAsync($"pvc://claim/{path}", Mounted);

    private FetchOptions Pinned(FetchOptions options, string pin) =>
        Mounted(options) with { Pin = pin["sha256:".Length..], Output = Again };

    private static string Sha256(string content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
