using System.Globalization;
using System.Net;
using System.Text;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>wrk: HTTP/1.1, each connection sends its next request when it has its answer.</summary>
internal sealed class Wrk : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bench-serving-").FullName;
    private readonly Dictionary<Payload, string> _scripts = [];

    public async Task<double> RunAsync(IPEndPoint server, Payload payload, int connections, TimeSpan duration)
    {
        string output = await Tool.RunAsync(
            "wrk",
            "--threads", $"{Math.Min(Environment.ProcessorCount, connections)}",
            "--connections", $"{connections}",
            "--duration", $"{Math.Ceiling(duration.TotalSeconds)}s",
            "--timeout", "30s",
            "--script", Script(payload),
            $"http://{server}{payload.Path}");
        return Parse(output, payload);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static double Parse(string output, Payload payload)
    {
        string line = output.Split('\n').FirstOrDefault(l => l.StartsWith("SUMMARY ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk printed no summary: {output}");
        double[] numbers = [.. line.Split(' ').Skip(1).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        // None at all is an answer too: of large requests to a slow server.
        return numbers is [var requests, var microseconds, 0]
            ? requests / (microseconds / 1e6)
            : throw new InvalidOperationException($"{payload.Name}: wrk saw {numbers[2]} errors in {numbers[0]} answers");
    }

    private string Script(Payload payload)
    {
        if (_scripts.TryGetValue(payload, out string? known))
        {
            return known;
        }

        string body = Path.Combine(_folder, $"{_scripts.Count}.body");
        File.WriteAllBytes(body, payload.Body);
        StringBuilder script = new("wrk.method = \"POST\"\n");
        script.Append(
            CultureInfo.InvariantCulture,
            $"local file = io.open(\"{body}\", \"rb\")\nwrk.body = file:read(\"*a\")\nfile:close()\n");
        foreach ((string name, string value) in payload.Headers)
        {
            script.Append(CultureInfo.InvariantCulture, $"wrk.headers[\"{name}\"] = \"{value}\"\n");
        }

        script.Append("""
            function done(summary, latency, requests)
              local e = summary.errors
              local failed = e.connect + e.read + e.write + e.status + e.timeout
              io.write(string.format("SUMMARY %d %d %d\n", summary.requests, summary.duration, failed))
            end
            """);
        string path = Path.Combine(_folder, $"{_scripts.Count}.lua");
        File.WriteAllText(path, script.ToString());
        _scripts.Add(payload, path);
        return path;
    }
}
