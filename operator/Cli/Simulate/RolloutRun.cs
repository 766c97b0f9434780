using System.Collections.Immutable;
using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Rollouts;

namespace ModelOperator.Cli.Simulate;

/// <summary>
/// One rollout in simulated time: the operator's own planner, asked when it wants to be asked, in a world of pods that get ready and one
/// router that follows, counts and reports.
/// </summary>
internal sealed class RolloutRun
{
    // While stable serves alone, the planner learns from it this often and changes nothing.
    private const int BaselineSeconds = 600;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SimulationSettings _settings;
    private readonly int _blockSeconds;
    private readonly ArmTraffic _stable;
    private readonly ArmTraffic _canary;
    private readonly SimulatedRouter _router;
    private readonly SimulatedPods _pods;
    private readonly List<WeightChange> _weights = [];
    private readonly List<int> _steps = [];
    private ModelDeploymentStatus? _status;
    private string _wanted = Revisions.Stable;
    private int _second;

    public RolloutRun(SimulationSettings settings, LatencyDistribution? stableLatency, LatencyDistribution? canaryLatency, int run)
    {
        var draw = new Draw(settings.Seed, run);
        _settings = settings;
        _blockSeconds = (int)settings.Spec.Rollout.Analysis.Interval.TotalSeconds;
        _stable = new ArmTraffic(settings, settings.Stable, stableLatency, draw);
        _canary = new ArmTraffic(settings, settings.Canary, canaryLatency, draw);
        _router = new SimulatedRouter(settings, _stable, _canary, draw);
        _pods = new SimulatedPods(settings.StartupSeconds);
    }

    /// <summary>Runs it to its end.</summary>
    public RunResult Run(CancellationToken cancellationToken)
    {
        // The first revision goes live, and serves alone for a while: that is what a canary finds.
        StepUntil(() => _status?.Phase == RolloutPhase.Stable, int.MaxValue, cancellationToken);
        StepUntil(() => false, _second + _settings.HistorySeconds, cancellationToken);
        _wanted = Revisions.Canary;
        int begin = _second;
        StepUntil(() => OutcomeNow() is not null, int.MaxValue, cancellationToken);
        var last = _status!.History![^1];
        return new RunResult
        {
            Outcome = OutcomeNow()!.Value,
            Reason = last.Reason,
            HarmfulGuardrail =
                _status.Analysis!.Find(guardrail => guardrail.Verdict == nameof(Verdict.Harmful) && Decides(guardrail.Name))?.Name,
            Seconds = _second - begin,
            Weights = [.. _weights.Select(change => change with { Second = change.Second - begin })],
            Steps = [.. _steps.Select(second => second - begin)],
            Verdicts = [.. _status.Analysis.Select(guardrail => Enum.Parse<Verdict>(guardrail.Verdict))],
            Requests = _canary.Requests,
            Wrong = _canary.Wrong,
            Failed = _canary.Failed,
            Slow = _canary.Slow,
        };
    }

    private bool Decides(string guardrail) =>
        _settings.Spec.Rollout.Analysis.Guardrails.Any(known => known.Name == guardrail && !known.WarnsOnly);

    private Outcome? OutcomeNow() => _status switch
    {
        { StableRevision: Revisions.Canary } => Outcome.Promoted,
        { Rejected: not null } => Outcome.RolledBack,
        { Phase: RolloutPhase.Held } => Outcome.Held,
        _ => null,
    };

    private void StepUntil(Func<bool> isOver, int end, CancellationToken cancellationToken)
    {
        while (_second < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int next = Math.Min(Plan(), end);
            if (isOver())
            {
                return;
            }

            while (_second < next)
            {
                // Alone, stable changes nothing from second to second: one tick a block tells all.
                int seconds = _status!.Phase == RolloutPhase.Stable ? Math.Min(_blockSeconds, next - _second) : 1;
                _router.Serve(Start.AddSeconds(_second), seconds);
                _router.Follow(_status.Routing);
                _second += seconds;
            }
        }
    }

    /// <summary>Plans, does what the plan says, and returns when to plan again.</summary>
    private int Plan()
    {
        var now = Start.AddSeconds(_second);
        var plan = Planner.Plan(new PlannerInput
        {
            Name = _settings.Name,
            Generation = _wanted == Revisions.Stable ? 1 : 2,
            Spec = _settings.Spec,
            WantedRevision = _wanted,
            Status = _status,
            World = Observe(now),
            Now = now,
        });
        _status = plan.Status;
        _pods.Apply(plan.Deployments, _second);
        int weight = _status.Routing?.Targets.Find(target => target.Revision == Revisions.Canary)?.Weight ?? 0;
        if (weight != (_weights.Count == 0 ? 0 : _weights[^1].Weight))
        {
            _weights.Add(new WeightChange(_second, weight));
        }

        // Steps of the same weight follow each other without a new table.
        if (weight > 0 && _status.Rollout?.Step == _steps.Count)
        {
            _steps.Add(_second);
        }

        if (_wanted == Revisions.Stable && _status.Phase == RolloutPhase.Stable)
        {
            return _second + BaselineSeconds;
        }

        int due = _second + Math.Max(1, (int)Math.Ceiling(plan.RequeueAfter?.TotalSeconds ?? 60));
        return Math.Min(due, _pods.NextReady(_second) ?? due);
    }

    private ObservedWorld Observe(DateTimeOffset now)
    {
        var due = Sources.Due(_status, _settings.Spec.Rollout.Analysis, now);
        return new ObservedWorld
        {
            Revisions = _pods.Observe(_second, Start),
            Routers = [_router.Observe(_status?.Cursors?.FirstOrDefault()?.Next ?? 0)],
            Metrics = due.Where(guardrail => guardrail.Prometheus is not null)
                .ToImmutableDictionary(known => known.Name, known => Measure(known, now)),
            Gates = due.Where(guardrail => guardrail.IsGate).ToImmutableDictionary(known => known.Name, known => Ask(known, now)),
        };
    }

    private MetricAnswer Measure(EffectiveGuardrail guardrail, DateTimeOffset now)
    {
        var (canary, stable) = (_canary.Metrics[guardrail.Name], _stable.Metrics[guardrail.Name]);
        return guardrail.Prometheus!.MeanQuery is null
            ? new MetricAnswer { At = now, CanaryCounters = canary.Counters(), StableCounters = stable.Counters() }
            : new MetricAnswer { At = now, CanaryMean = canary.Mean(), StableMean = stable.Mean() };
    }

    private GateAnswer Ask(EffectiveGuardrail guardrail, DateTimeOffset now)
    {
        var gate = _settings.Gates[guardrail.Name];
        bool hasSpoken = now - _status!.Rollout!.AnalysisStartedAt >= TimeSpan.FromSeconds(gate.AfterSeconds);
        return new GateAnswer { At = now, Verdict = hasSpoken ? gate.Verdict : Verdict.Continue };
    }
}
