using System.Collections.Concurrent;
using ModelOperator.Api;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Traffic;

/// <summary>Asks all ready routers of a namespace at once, each from where its reports have been judged up to.</summary>
internal sealed class RouterReports(EvidenceReader reader)
{
    // Forgetting costs one longer answer; remembering pods long gone would cost memory for ever.
    private const int MostRemembered = 10_000;

    // Fifteen minutes of seconds, each as long as a report may be, are no router's.
    private const int MostReports = 64;

    // Which process a pod was when it was asked last: only with that is the cursor in the status the right one to ask from.
    private readonly ConcurrentDictionary<string, string> _instanceByPod = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<ObservedRouter>> ReadAsync(
        ModelDeployment model, IReadOnlyList<Pod> routers, CancellationToken cancellationToken) =>
        await Task.WhenAll(routers.Select(router => ReadAsync(model, router, cancellationToken)));

    private async Task<ObservedRouter> ReadAsync(ModelDeployment model, Pod router, CancellationToken cancellationToken)
    {
        long since = _instanceByPod.TryGetValue(Key(router), out string? instance) ? Cursor(model, instance) : 0;
        EvidenceReport? report = await reader.ReadAsync(router, model.Metadata.Name, since, cancellationToken);
        if (report is not null && report.Instance != instance)
        {
            if (_instanceByPod.Count >= MostRemembered)
            {
                _instanceByPod.Clear();
            }

            _instanceByPod[Key(router)] = report.Instance;
            long right = Cursor(model, report.Instance);
            if (since > right)
            {
                // The process is another one than before and counts anew: its first ticks lie below the cursor of the old one.
                report = await reader.ReadAsync(router, model.Metadata.Name, right, cancellationToken);
            }
        }

        return new ObservedRouter { Pod = router.Metadata.Name, Report = await ReadOnAsync(model, router, report, cancellationToken) };
    }

    /// <summary>With what had no room in the first report. What fails on the way is there the next time.</summary>
    private async Task<EvidenceReport?> ReadOnAsync(
        ModelDeployment model, Pod router, EvidenceReport? first, CancellationToken cancellationToken)
    {
        var whole = first;
        for (int reports = 1; whole is { IsCut: true } && reports < MostReports; reports++)
        {
            var next = await reader.ReadAsync(router, model.Metadata.Name, whole.Next, cancellationToken);
            if (next is null || next.Instance != whole.Instance || next.Next <= whole.Next)
            {
                return whole;
            }

            whole = new EvidenceReport
            {
                Instance = whole.Instance,
                TableVersion = next.TableVersion,
                Time = next.Time,
                Oldest = whole.Oldest,
                Next = next.Next,
                IsCut = next.IsCut,
                Ticks = [.. whole.Ticks, .. next.Ticks.Where(tick => tick.Sequence >= whole.Next)],
            };
        }

        return whole;
    }

    private static long Cursor(ModelDeployment model, string instance) =>
        model.Status?.Cursors?.Find(cursor => cursor.Instance == instance)?.Next ?? 0;

    private static string Key(Pod router) => router.Metadata.Uid ?? router.Metadata.Name;
}
