using System.Text.Json;
using k8s;
using Microsoft.AspNetCore.Http;
using ModelOperator.Api;
using ModelOperator.Controller.Tests.Traffic;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>
/// The routers of one namespace as the operator sees them: HTTP servers on loopback addresses that follow the routing table of
/// the real object, make up traffic by its weights, and report it.
/// </summary>
internal sealed class PlayedRouters : IAsyncDisposable
{
    private readonly IKubernetes _world;
    private readonly string _namespace;
    private readonly Dictionary<string, PlayedRouter> _routers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private RouterServer? _server;
    private Task _playing = Task.CompletedTask;
    private RoutingTable? _table;

    private PlayedRouters(IKubernetes world, string @namespace) => (_world, _namespace) = (world, @namespace);

    public int Port => _server!.Port;

    /// <summary>Whether requests arrive.</summary>
    public bool HasTraffic { get; set; } = true;

    /// <summary>Whether the routers follow new tables.</summary>
    public bool FollowsTables { get; set; } = true;

    /// <summary>Whether the routers answer the operator.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>Wrong answers of 100 of a revision; 2 when it is not named.</summary>
    public Dictionary<string, int> WrongPercent { get; } = new(StringComparer.Ordinal);

    /// <summary>Percent of requests that a revision gets, where it is another than the table says.</summary>
    public Dictionary<string, int> DrawnPercent { get; } = new(StringComparer.Ordinal);

    /// <summary>Weight of a revision in the table the routers are on.</summary>
    public int WeightOf(string revision)
    {
        lock (_lock)
        {
            return _table?.Targets.Find(target => target.Revision == revision)?.Weight ?? 0;
        }
    }

    public static async Task<PlayedRouters> StartAsync(IKubernetes world, string @namespace, IEnumerable<string> addresses)
    {
        var routers = new PlayedRouters(world, @namespace);
        foreach (string address in addresses)
        {
            routers._routers[address] = new PlayedRouter();
        }

        routers._server = await RouterServer.StartAsync(routers.AnswerAsync, routers.ProvesAsAsync);
        routers._playing = Task.Run(routers.PlayAsync);
        return routers;
    }

    /// <summary>Requests of a revision in ticks that lie below the operator's cursors.</summary>
    public long RequestsBelow(IEnumerable<ReportCursor> cursors, string revision)
    {
        lock (_lock)
        {
            return cursors.Sum(cursor => _routers.Values.Where(router => router.Instance == cursor.Instance)
                .SelectMany(router => router.Ticks.Where(tick => tick.Sequence < cursor.Next))
                .Sum(tick => tick.Revisions.GetValueOrDefault(revision)?.Requests ?? 0));
        }
    }

    /// <summary>Whether the cursors have come to the end of what the routers have to report.</summary>
    public bool IsRead(IReadOnlyList<ReportCursor> cursors)
    {
        lock (_lock)
        {
            return _routers.Values.All(
                router => cursors.Any(cursor => cursor.Instance == router.Instance && cursor.Next > router.LastWithTraffic));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server!.DisposeAsync();
        _stop.Dispose();
    }

    private async Task PlayAsync()
    {
        for (long sequence = 0; ; sequence++)
        {
            ModelDeployment? model = await _world.FindModelAsync(_namespace, _stop.Token);
            lock (_lock)
            {
                _table = FollowsTables ? model?.Status?.Routing ?? _table : _table;
                foreach (PlayedRouter router in _routers.Values)
                {
                    router.Add(sequence, HasTraffic ? _table : null, WrongPercent, DrawnPercent);
                }
            }

            await Task.Delay(200, _stop.Token);
        }
    }

    /// <summary>The router at the address asked, with the keys that the operator made.</summary>
    private async Task<(string Pod, NamespaceKeys Keys)> ProvesAsAsync(HttpContext context)
    {
        var secret = await _world.CoreV1.ReadNamespacedSecretAsync(
            NamespaceKeys.SecretName, _namespace, cancellationToken: context.RequestAborted);
        Assert.That(NamespaceKeys.TryParse(secret.Data[NamespaceKeys.FileName], out NamespaceKeys? keys), Is.True);
        return ($"model-router-{_routers.Keys.ToList().IndexOf(context.Request.Host.Host)}", keys!);
    }

    private Task AnswerAsync(HttpContext context)
    {
        EvidenceReport report;
        lock (_lock)
        {
            if (!Answers)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            }

            report = _routers[context.Request.Host.Host].Report(_table?.Version ?? 0, long.Parse(context.Request.Query["since"]!));
        }

        return context.Response.WriteAsync(JsonSerializer.Serialize(report, EvidenceJson.Default.EvidenceReport));
    }
}
