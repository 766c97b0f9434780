using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>h2load: gRPC calls over HTTP/2, one at a time on each connection.</summary>
internal sealed partial class H2Load : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bench-serving-").FullName;
    private readonly Dictionary<Payload, string> _bodies = [];

    public async Task<double> RunAsync(IPEndPoint server, Payload payload, int connections, TimeSpan duration)
    {
        if (!_bodies.TryGetValue(payload, out string? body))
        {
            body = Path.Combine(_folder, $"{_bodies.Count}.body");
            await File.WriteAllBytesAsync(body, payload.Body);
            _bodies.Add(payload, body);
        }

        string[] headers = [.. payload.Headers.SelectMany(h => new[] { "--header", $"{h.Key}: {h.Value}" })];
        string output = await Tool.RunAsync(
            "h2load",
            [
                "--threads", $"{Math.Min(Environment.ProcessorCount, connections)}",
                "--clients", $"{connections}",
                "--max-concurrent-streams", "1",
                "--window-bits", "24",
                "--connection-window-bits", "24",
                "--duration", Math.Ceiling(duration.TotalSeconds).ToString(CultureInfo.InvariantCulture),
                "--warm-up-time", "1",
                "--data", body,
                .. headers,
                $"http://{server}{payload.Path}",
            ]);
        Match rate = Rate().Match(output);
        Match codes = Codes().Match(output);
        return rate.Success && codes.Success && codes.Groups["good"].Value != "0" && codes.Groups["bad"].Value == "0 3xx, 0 4xx, 0 5xx"
            ? double.Parse(rate.Groups["rate"].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{payload.Name}: h2load saw errors: {output}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex(@"finished in [^,]*, (?<rate>[0-9.]+) req/s", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"status codes: (?<good>[0-9]+) 2xx, (?<bad>[0-9]+ 3xx, [0-9]+ 4xx, [0-9]+ 5xx)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Codes();
}
