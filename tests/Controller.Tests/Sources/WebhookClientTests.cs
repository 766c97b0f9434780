using System.Text.Json.Nodes;
using ModelOperator.Analysis;
using ModelOperator.Controller.Sources;

namespace ModelOperator.Controller.Tests.Sources;

[Parallelizable(ParallelScope.All)]
public sealed class WebhookClientTests
{
    private static readonly WebhookCall Call = new()
    {
        Name = "digits",
        Namespace = "vision",
        Revision = "7be02c11f4",
        StableRevision = "d1f1b9c0a3",
        Guardrail = "approval",
        Step = 1,
        CanaryWeight = 25,
    };

    [Test]
    public async Task It_is_told_what_is_on_trial()
    {
        await using SourceServer server = await SourceServer.AnsweringAsync("""{"verdict":"Continue"}""");

        await AskAsync($"{server.Address}/gates/approval");

        (string method, string path, string? type, string body) = server.Requests.Single();
        Assert.That((method, path, type), Is.EqualTo(("POST", "/gates/approval", "application/json")));
        Assert.That(
            JsonNode.DeepEquals(
                JsonNode.Parse(body),
                JsonNode.Parse(
                    """
                    {"name":"digits","namespace":"vision","revision":"7be02c11f4","stableRevision":"d1f1b9c0a3","guardrail":"approval","step":1,"canaryWeight":25}
                    """)),
            body);
    }

    [TestCase("", Verdict.Safe, null)]
    [TestCase("""{"verdict":"Safe"}""", Verdict.Safe, null)]
    [TestCase("""{"verdict":"Safe","message":null,"ticket":7}""", Verdict.Safe, null)]
    [TestCase("""{"verdict":"Harmful","message":"revenue\nis down"}""", Verdict.Harmful, "revenue is down")]
    [TestCase("""{"verdict":"Continue","message":" "}""", Verdict.Continue, null)]
    [TestCase("""{"verdict":"Inconclusive","message":"too few sales"}""", Verdict.Inconclusive, "too few sales")]
    public async Task A_verdict_is_what_says_so_in_so_many_words(string body, Verdict verdict, string? message)
    {
        await using SourceServer server = await SourceServer.AnsweringAsync(body);

        Assert.That(await AskAsync(server.Address), Is.EqualTo(new VerdictMessage(verdict, message)));
    }

    [TestCase(200, " ", "not JSON")]
    [TestCase(200, "Safe", "not JSON")]
    [TestCase(200, "\"Safe\"", "no field verdict")]
    [TestCase(200, "{}", "no field verdict")]
    [TestCase(200, """{"Verdict":"Safe"}""", "no field verdict")]
    [TestCase(200, """{"verdict":"safe"}""", "verdict is none of")]
    [TestCase(200, """{"verdict":"NoData"}""", "verdict is none of")]
    [TestCase(200, """{"verdict":true}""", "verdict is none of")]
    [TestCase(200, """{"verdict":"Safe","verdict":"Harmful"}""", "not JSON")]
    [TestCase(200, """{"verdict":"Safe","message":7}""", "message is not a string")]
    [TestCase(200, """{"verdict":"\ud800"}""", "not JSON")]
    [TestCase(201, """{"verdict":"Safe"}""", "201")]
    [TestCase(204, "", "204")]
    [TestCase(307, "", "redirect")]
    [TestCase(404, """{"verdict":"Harmful"}""", "404")]
    [TestCase(500, """{"verdict":"Harmful"}""", "500")]
    [TestCase(503, "", "503")]
    public async Task Anything_else_is_no_data_and_says_why(int status, string body, string why)
    {
        await using SourceServer server = await SourceServer.AnsweringAsync(body, status);

        Assert.That(() => AskAsync(server.Address), Throws.TypeOf<SourceException>().With.Message.Contains(why));
        Assert.That(server.Requests, Has.Count.EqualTo(1), "what was answered is not asked again at once");
    }

    [Test]
    public async Task A_long_message_is_shortened()
    {
        await using SourceServer server = await SourceServer.AnsweringAsync(
            $$"""{"verdict":"Harmful","message":"{{new string('x', 100_000)}}"}""");

        Assert.That((await AskAsync(server.Address)).Message, Has.Length.EqualTo(1024));
    }

    private static async Task<VerdictMessage> AskAsync(string url)
    {
        using var http = new SourceHttp(
            new SourceOptions { Networks = SourceAddress.Parse("private,loopback", out _)! }, TimeProvider.System);
        return await new WebhookClient(http).AskAsync(url, Call, TimeSpan.FromSeconds(5), CancellationToken.None);
    }
}
