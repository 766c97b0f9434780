using System.Security.Cryptography;
using ModelOperator.Server.Evaluation;

namespace ModelOperator.Server.Tests.Evaluation;

/// <summary>Where the data set comes from, its digest and its limits.</summary>
public sealed class EvaluationDataSetTests : EvaluationFixture
{
    [Test]
    public async Task A_data_set_at_a_URI_is_fetched_and_must_have_its_digest()
    {
        byte[] rows = await File.ReadAllBytesAsync(Write(ProtocolServer.Row()));
        string digest = Convert.ToHexStringLower(SHA256.HashData(rows));
        await using FileServer canary = await ProtocolServer.SevenAsync();
        await using FileServer store = await FileServer.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Path == "/rows" ? 200 : 404;
            await context.Response.Body.WriteAsync(context.Response.StatusCode == 200 ? rows : []);
        });
        EvaluateOptions options = Options(store.Uri("/rows").AbsoluteUri, canary.Uri("/"));

        EvaluationReport report = await RunAsync(options with { Sha256 = digest });
        TerminatingException other =
            (await Assert.ThrowsAsync<TerminatingException>(() => RunAsync(options with { Sha256 = new string('0', 64) })))!;
        TerminatingException absent =
            (await Assert.ThrowsAsync<TerminatingException>(() => RunAsync(options with { Dataset = store.Uri("/none").AbsoluteUri })))!;

        Assert.That(report.Canary.Total, Is.EqualTo(1));
        Assert.That((other.Reason, other.Message), Is.EqualTo(
            ("DigestMismatch", $"data set: the digest of what arrived is sha256:{digest}, expected sha256:{new string('0', 64)}")));
        Assert.That(absent.Reason, Is.EqualTo("DatasetNotFound"));
        Assert.That(Directory.GetFiles(options.Directory, "dataset-*"), Is.Empty, "downloads go at the end");
    }

    [Test]
    public async Task A_file_must_have_its_digest_too()
    {
        await using FileServer canary = await ProtocolServer.SevenAsync();
        string file = Write(ProtocolServer.Row());
        string digest = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file)));
        EvaluateOptions options = Options(file, canary.Uri("/"));

        TerminatingException failure =
            (await Assert.ThrowsAsync<TerminatingException>(() => RunAsync(options with { Sha256 = new string('0', 64) })))!;

        Assert.That(failure.Reason, Is.EqualTo("DigestMismatch"));
        Assert.That((await RunAsync(options with { Sha256 = digest })).Rows, Is.EqualTo(1));
    }

    [Test]
    public async Task Limits_are_named()
    {
        await using FileServer canary = await ProtocolServer.SevenAsync();
        string file = Write(ProtocolServer.Row(), ProtocolServer.Row(), ProtocolServer.Row());
        EvaluateOptions options = Options(file, canary.Uri("/"));

        Assert.That(
            () => RunAsync(options with { MaxRows = 2 }),
            Throws.TypeOf<TerminatingException>().With.Message.EqualTo("the data set has more than 2 rows, the limit, from line 3 on"));
        Assert.That(
            () => RunAsync(options with { MaxLineBytes = 20 }),
            Throws.TypeOf<TerminatingException>().With.Message.EqualTo("line 1 of the data set is longer than 20 bytes, the limit"));
        Assert.That(
            () => RunAsync(options with { MaxBytes = 20 }),
            Throws.TypeOf<TerminatingException>().With.Message.Contains("more than 20, the limit"));
        Assert.That(
            () => RunAsync(options with { Dataset = Write() }),
            Throws.TypeOf<TerminatingException>().With.Message.EqualTo("the data set has no rows"));
        Assert.That(
            () => RunAsync(options with { Dataset = Path.Combine(Folder, "absent") }),
            Throws.TypeOf<TerminatingException>().With.Property("Reason").EqualTo("DatasetNotFound"));
    }
}
