using ModelOperator.Protocol;

namespace ModelOperator.Server.Evaluation;

/// <summary>Asks both revisions every row of a data set and counts who is right.</summary>
internal sealed class Evaluator(EvaluateOptions options, Dataset dataset, EvaluationTally tally, TimeProvider time, ILogger logger)
{
    private readonly ProtocolLimits _limits = new();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using RevisionHttp canaryHttp = new("canary", options.Canary, options, time, logger);
        using RevisionHttp? stableHttp = options.Stable is null ? null : new("stable", options.Stable, options, time, logger);
        Revision canary = await Revision.MeetAsync("canary", canaryHttp, options.ModelName, _limits, cancellationToken);
        Revision? stable = stableHttp is null ? null : await Revision.MeetAsync("stable", stableHttp, options.ModelName, _limits, cancellationToken);
        // Rows are read no faster than they are asked.
        await Parallel.ForEachAsync(
            dataset.ReadAsync(cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken },
            async (line, token) => await AskAsync(line, canary, stable, token));
    }

    private async Task AskAsync(Line line, Revision canary, Revision? stable, CancellationToken cancellationToken)
    {
        using LabelledRow row = Read(line);
        // A row that one of them can take is none that is wrong: what the other makes of it is its answer.
        if (canary.Misfit(row) is { } misfit && (stable is null || stable.Misfit(row) is not null))
        {
            throw Bad(line, misfit);
        }

        Task<Answer> asked = canary.AskAsync(line, row, cancellationToken);
        Task<Answer>? compared = stable?.AskAsync(line, row, cancellationToken);
        Answer answer = await asked;
        Answer? other = compared is null ? null : await compared;
        Check(line, row.Truth, answer, other);
        tally.Add(row.Truth, answer, other);
    }

    private LabelledRow Read(Line line)
    {
        try
        {
            return LabelledRow.Read(line.Text, _limits);
        }
        catch (ProtocolException e)
        {
            throw Bad(line, e.Message);
        }
    }

    /// <summary>A truth that is as long as no answer is the row's fault; as long as one of two, it is the other model's.</summary>
    private static void Check(Line line, IReadOnlyList<string> truth, Answer canary, Answer? stable)
    {
        if (canary.Fits(truth) || stable?.Fits(truth) == true)
        {
            return;
        }

        if ((canary.Labels ?? stable?.Labels) is { } labels)
        {
            throw Bad(line, $"truth has {truth.Count} labels, but the model makes {labels.Length} predictions; they must be as many");
        }
    }

    private static TerminatingException Bad(Line line, string why) =>
        new(FailureReasons.DatasetInvalid, $"line {line.Number} of the data set: {why}");
}
