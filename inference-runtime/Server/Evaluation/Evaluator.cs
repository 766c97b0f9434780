using System.Runtime.CompilerServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Evaluation;

/// <summary>Asks both revisions every row of a data set and counts who is right.</summary>
internal sealed class Evaluator(EvaluateOptions options, Dataset dataset, EvaluationTally tally, TimeProvider time, ILogger logger)
{
    private readonly ProtocolLimits _limits = new();
    private readonly Lock _lock = new();
    private (long Line, string Why)? _bad;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using RevisionHttp canaryHttp = new("canary", options.Canary, options, time, logger);
        using RevisionHttp? stableHttp = options.Stable is null ? null : new("stable", options.Stable, options, time, logger);
        Revision canary = await Revision.MeetAsync("canary", canaryHttp, options.ModelName, options.Feedback, _limits, cancellationToken);
        Revision? stable = stableHttp is null
            ? null
            : await Revision.MeetAsync("stable", stableHttp, options.ModelName, options.Feedback, _limits, cancellationToken);
        // Rows are read no faster than they are asked.
        await Parallel.ForEachAsync(
            LinesAsync(cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken },
            async (line, token) => await AskAsync(line, canary, stable, token));
        if (_bad is { } bad)
        {
            throw new TerminatingException(FailureReasons.DatasetInvalid, $"line {bad.Line} of the data set: {bad.Why}");
        }
    }

    private async IAsyncEnumerable<Line> LinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Line line in dataset.ReadAsync(cancellationToken))
        {
            if (_bad is not null)
            {
                yield break;
            }

            yield return line;
        }
    }

    private async Task AskAsync(Line line, Revision canary, Revision? stable, CancellationToken cancellationToken)
    {
        try
        {
            using LabelledRow row = LabelledRow.Read(line.Text, _limits);
            // A row that one of them can take is none that is wrong: what the other makes of it is its answer.
            if (canary.Misfit(row) is { } misfit && (stable is null || stable.Misfit(row) is not null))
            {
                throw new ProtocolException(misfit);
            }

            Task<Answer> asked = canary.AskAsync(line, row, cancellationToken);
            Task<Answer>? compared = stable?.AskAsync(line, row, cancellationToken);
            Answer answer = await asked;
            Answer? other = compared is null ? null : await compared;
            tally.Add(PredictionsOf(row.Truth, answer, other), answer, other);
        }
        catch (ProtocolException e)
        {
            Refuse(line, e.Message);
        }
    }

    /// <summary>
    /// How many predictions the truth is for. One that fits no answer is the row's fault; one that fits one of two, the other model's.
    /// </summary>
    private static int PredictionsOf(FeedbackValues truth, Answer canary, Answer? stable)
    {
        if ((canary.Right ?? stable?.Right) is { } right)
        {
            return right.Length;
        }

        if ((canary.Error is null ? canary : stable is { Error: null } ? stable : null) is { } answer)
        {
            throw new ProtocolException(
                $"truth has {truth.Items.Count} values, but the model makes {answer.Predictions} predictions; they must be as many");
        }

        return truth.Items.Count / (truth.Width ?? 1);
    }

    // Those before it are on their way when a row turns out to be bad: the first of them all is named, each time the same.
    private void Refuse(Line line, string why)
    {
        lock (_lock)
        {
            if (_bad is null || line.Number < _bad.Value.Line)
            {
                _bad = (line.Number, why);
            }
        }
    }
}
