using System.Collections.Concurrent;
using System.Diagnostics;
using System.Web;
using Microsoft.AspNetCore.Http;
using ModelOperator.Controller.Tests.Sources;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>
/// A server that speaks Prometheus' API and knows two queries, "bad REVISION" and "total REVISION": counters that grow by 100 a second.
/// </summary>
internal sealed class PlayedPrometheus : IAsyncDisposable
{
    private const int PerSecond = 100;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private SourceServer? _server;

    public string Address => _server!.Address;

    /// <summary>What is bad of 100 of a revision; 5 when it is not named.</summary>
    public ConcurrentDictionary<string, int> BadPercent { get; } = new(StringComparer.Ordinal);

    public static async Task<PlayedPrometheus> StartAsync()
    {
        var prometheus = new PlayedPrometheus();
        prometheus._server = await SourceServer.StartAsync(prometheus.AnswerAsync);
        return prometheus;
    }

    /// <summary>Lets the counters stand still.</summary>
    public void Stop() => _clock.Stop();

    /// <summary>Where every revision's counter of everything stands.</summary>
    public long Total => _clock.ElapsedMilliseconds * PerSecond / 1000;

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        string[] query = HttpUtility.ParseQueryString(SourceServer.BodyOf(context))["query"]!.Split(' ');
        long total = Total;
        long value = query[0] == "total" ? total : total * BadPercent.GetValueOrDefault(query[1], 5) / 100;
        return context.Response.WriteAsync(
            $$$"""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"{{{value}}}"]}]}}""");
    }
}
