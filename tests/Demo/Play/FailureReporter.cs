using ModelOperator.Demo.Load;

namespace ModelOperator.Demo.Play;

/// <summary>Tells of each request that failed, once: what it was, what was logged around it, and where the logs are.</summary>
public sealed class FailureReporter(ClusterLogs logs, Timeline timeline)
{
    private int told;

    public async Task TellAsync(LoadReport load, CancellationToken cancellationToken)
    {
        if (load.Failures.Count <= told)
        {
            return;
        }

        var failures = load.Failures.Skip(told).ToList();
        told = load.Failures.Count;
        await logs.SaveAsync(cancellationToken);
        foreach (var failure in failures)
        {
            timeline.Say($"FAILED {failure}");
        }

        // What fails together has much the same around it.
        foreach (string line in logs.LoggedAround(failures[0]))
        {
            timeline.Detail(line);
        }

        TellWhere();
    }

    public async Task KeepLogsAsync(CancellationToken cancellationToken)
    {
        await logs.SaveAsync(cancellationToken);
        TellWhere();
    }

    private void TellWhere() => timeline.Say($"Logs of operator, routers and all other pods: {logs.Folder}");
}
