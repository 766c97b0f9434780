using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// Reads what Prometheus servers, webhooks and Jobs answered. An answer counts once: when it was asked and where counters stood is in the
/// status, in one write with what was made of it.
/// </summary>
internal static class SourceIntake
{
    // Counts beyond this are a fault, and must not overflow sums.
    private const double Most = 1e15;

    private const int FirstIntervals = 3;

    public static void Read(Scope scope)
    {
        if (scope.Status.Rollout?.AnalysisStartedAt is null)
        {
            return;
        }

        scope.Evidence = [.. scope.Evidence.Select(known => Read(scope, known))];
        foreach (var lost in scope.Evidence.Where(known => IsOverdue(scope, known.Source) && !IsOverdue(scope, Before(scope, known))))
        {
            scope.Tell(
                EventSeverity.Warning,
                Reasons.MetricsUnavailable,
                $"{lost.Guardrail.Name}: {lost.Source!.Problem}; nothing is decided by it until it answers");
        }
    }

    // Counters of a canary begin to exist with its first requests: a source may need a few intervals before it is missed.
    private static bool IsOverdue(Scope scope, SourceStatus? source) =>
        source is { Problem: not null }
            && source.AskedAt - scope.Status.Rollout!.AnalysisStartedAt >= FirstIntervals * scope.Spec.Analysis.Interval;

    private static SourceStatus? Before(Scope scope, KnownGuardrail known) =>
        scope.Input.Status?.Analysis?.Find(g => g.Name == known.Guardrail.Name)?.Source;

    private static KnownGuardrail Read(Scope scope, KnownGuardrail known)
    {
        var guardrail = known.Guardrail;
        var due = Sources.DueAt(scope.Status, guardrail, scope.Spec.Analysis.Interval);
        return known switch
        {
            GateGuardrail gate when scope.World.Gates.TryGetValue(guardrail.Name, out var answer)
                && (due <= answer.At || (due is not null && IsNews(gate, answer))) =>
                Hear(gate, answer),
            CountedGuardrail counted when scope.World.Metrics.TryGetValue(guardrail.Name, out var answer) && due <= answer.At =>
                Count(scope, counted, answer),
            MeanGuardrail mean when scope.World.Metrics.TryGetValue(guardrail.Name, out var answer) && due <= answer.At =>
                Average(scope, mean, answer),
            _ => known,
        };
    }

    // A Job's last word, or what keeps it from it, does not wait for the interval.
    private static bool IsNews(GateGuardrail gate, GateAnswer answer) =>
        answer.Verdict is Verdict.Safe or Verdict.Harmful || Problem(answer.Problem) != gate.Source?.Problem;

    private static GateGuardrail Hear(GateGuardrail gate, GateAnswer answer) => gate with
    {
        // What it said before stands while it is silent; it was no last word.
        Verdict = answer.Verdict is Verdict.Safe or Verdict.Harmful
            ? answer.Verdict.Value
            : answer.Verdict is null ? gate.Verdict : Verdict.Continue,
        Message = answer.Message is { } message ? StatusLimits.Shorten(message) : gate.Message,
        Source = new SourceStatus { AskedAt = answer.At, Problem = Problem(answer.Problem) },
    };

    private static MeanGuardrail Average(Scope scope, MeanGuardrail mean, MetricAnswer answer)
    {
        bool isWhole = answer is { CanaryMean: { } c, StableMean: { } s } && double.IsFinite(c) && double.IsFinite(s);
        var next =
            isWhole && !scope.IsSkewed ? mean.Add(scope.Status.Rollout!.Step, answer.CanaryMean!.Value, answer.StableMean!.Value) : mean;
        bool isClamped = isWhole && !(mean.Scale.Holds(answer.CanaryMean!.Value) && mean.Scale.Holds(answer.StableMean!.Value));
        return next with
        {
            Source = new SourceStatus
            {
                AskedAt = answer.At,
                Problem = Problem(answer.Problem) ?? (isWhole ? null : "no mean of both revisions"),
                Clamped = isClamped ? (mean.Source?.Clamped ?? 0) + 1 : mean.Source?.Clamped,
            },
        };
    }

    private static CountedGuardrail Count(Scope scope, CountedGuardrail counted, MetricAnswer answer)
    {
        var next = new SourceStatus
        {
            AskedAt = answer.At,
            Problem = Problem(answer.Problem),
            Canary = counted.Source?.Canary,
            Stable = counted.Source?.Stable,
        };
        if (Stand(answer.CanaryCounters) is not { } canary || Stand(answer.StableCounters) is not { } stable)
        {
            next.Problem ??= "no counters of both revisions";
            return counted with { Source = next };
        }

        // The first look says where counters stand, and so does the first after a restart of what counts: nothing is known of the time
        // before. What is counted while requests are not split as they should be is left out in the same way.
        if (next is not { Canary: { } canaryBefore, Stable: { } stableBefore } || scope.IsSkewed || IsReset(canaryBefore, canary)
            || IsReset(stableBefore, stable))
        {
            (next.Canary, next.Stable) = (canary, stable);
            return counted with { Source = next };
        }

        var block = (Canary: Difference(canaryBefore, canary), Stable: Difference(stableBefore, stable));
        if (block.Canary.Bad > block.Canary.Total || block.Stable.Bad > block.Stable.Total)
        {
            // Scraped at different moments; the next answer holds both.
            next.Problem ??= $"badQuery grew more than totalQuery ({block.Canary.Bad} of {block.Canary.Total} canary, "
                + $"{block.Stable.Bad} of {block.Stable.Total} stable); totalQuery must count what badQuery counts";
            return counted with { Source = next };
        }

        (next.Canary, next.Stable) = (canary, stable);
        return counted with
        {
            Source = next,
            Evidence = counted.Evidence
                .Enter(scope.Status.Rollout!.Step)
                .Collect(
                    new Block(new ArmCounts(block.Canary.Bad, block.Canary.Total), new ArmCounts(block.Stable.Bad, block.Stable.Total)))
                .CloseBlock(counted.Criterion),
        };
    }

    // Rounded where they stand, not what they grew by: so no fraction is lost or counted twice.
    private static CounterStatus? Stand(CounterReading? reading) => reading is { Bad: >= 0 and <= Most, Total: >= 0 and <= Most }
        ? new CounterStatus { Bad = (long)Math.Floor(reading.Bad), Total = (long)Math.Floor(reading.Total) }
        : null;

    private static bool IsReset(CounterStatus before, CounterStatus now) => now.Bad < before.Bad || now.Total < before.Total;

    private static (long Bad, long Total) Difference(CounterStatus before, CounterStatus now) =>
        (now.Bad - before.Bad, now.Total - before.Total);

    private static string? Problem(string? problem) => problem is null ? null : StatusLimits.Shorten(problem, StatusLimits.Message / 2);
}
