using System.Text.Json;

namespace ModelOperator.Server.Tests;

public sealed class LogTests
{
    [Test]
    public async Task Log_lines_are_JSON_objects_where_that_is_asked_for()
    {
        await using ServerProcess server = await StartAsync("--log-format", "json");

        Assert.That(() => server.Output.Any(l => l.Contains("is ready", StringComparison.Ordinal)), Is.True.After(5000, 20));
        JsonElement[] lines = [.. server.Output.Where(l => l.Length > 0).Select(l => JsonDocument.Parse(l).RootElement)];
        JsonElement ready =
            lines.Single(l => l.GetProperty("Message").GetString()!.StartsWith("Model digits is ready", StringComparison.Ordinal));
        Assert.That(ready.GetProperty("LogLevel").GetString(), Is.EqualTo("Information"));
        Assert.That(ready.GetProperty("State").GetProperty("Model").GetString(), Is.EqualTo("digits"));
        Assert.That(ready.GetProperty("Timestamp").GetDateTimeOffset().Offset, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_level_that_is_none_is_refused()
    {
        (int status, string message) = await ServerProcess.RunAsync(
            "serve", "--model-name", "m", "--model", "m.onnx", "--log-level", "loud");

        Assert.That(status, Is.EqualTo(1));
        Assert.That(message, Does.Contain("expected trace, debug, information, warning, error or critical"));
    }

    private static async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        ServerProcess server = ServerProcess.Start(
            ["serve", "--model-name", "digits", "--model", Path.Combine(TestServer.Models, "digits-v1.onnx"), "--port", "0", .. arguments]);
        using HttpClient client = await server.ReadyAsync();
        return server;
    }
}
