using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Testing;
using YamlDotNet.Serialization;

namespace ModelOperator.Chart.Tests;

/// <summary>Renders the chart the way tests/chart/render.sh does: by Helm where it is installed, else by the Go program.</summary>
internal static class Chart
{
    public const string Namespace = "model-operator-system";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static string Folder { get; } = Path.Combine(Repository.Root, "charts", "model-operator");

    /// <summary>What a run printed; the first builds the Go program.</summary>
    public static async Task<(bool Succeeded, string Output, string Errors)> TryRenderAsync(params string[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "tests", "chart", "render.sh"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var option in options)
        {
            start.ArgumentList.Add(option);
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode == 0, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public static async Task<string> RenderAsync(params string[] options)
    {
        var (succeeded, output, errors) = await TryRenderAsync(options);
        Assert.That(succeeded, Is.True, errors);
        return output;
    }

    /// <summary>The objects of a rendering, in their order.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ObjectsAsync(params string[] options) => Objects(await RenderAsync(options));

    public static IReadOnlyList<JsonNode> Objects(string manifests)
    {
        var deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        return
        [
            .. manifests.Split("\n---\n")
                .Select(document => deserializer.Deserialize<object?>(document))
                .Where(document => document is not null)
                .Select(document => JsonSerializer.SerializeToNode(document)!),
        ];
    }

    /// <summary>The one object of a kind and name.</summary>
    public static JsonNode Single(this IReadOnlyList<JsonNode> objects, string kind, string name) =>
        objects.Single(found => (string)found["kind"]! == kind && (string)found["metadata"]!["name"]! == name);

    public static bool Has(this IReadOnlyList<JsonNode> objects, string kind) => objects.Any(found => (string)found["kind"]! == kind);
}
