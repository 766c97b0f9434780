namespace ModelOperator.Server.Evaluation;

/// <summary>An evaluation from the data set to the report.</summary>
internal static class EvaluationRun
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    public static async Task<EvaluationReport> ExecuteAsync(
        EvaluateOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        using Dataset dataset = await Dataset.OpenAsync(options, time, logger, cancellationToken);
        EvaluationTally tally = new(options, await dataset.CountAsync(cancellationToken));
        await using ProgressServer progress = await ProgressServer.StartAsync(options.ProgressPort, tally, cancellationToken);
        LogMessages.Evaluating(logger, tally.Report().TotalRows, progress.Port);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task logging = LogProgressAsync(tally, time, logger, ended.Token);
        try
        {
            await new Evaluator(options, dataset, tally, time, logger).RunAsync(cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await logging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return tally.Report();
    }

    private static async Task LogProgressAsync(
        EvaluationTally tally, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(LogInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            EvaluationReport report = tally.Report();
            LogMessages.EvaluationProgress(logger, report.Rows, report.TotalRows);
        }
    }
}
