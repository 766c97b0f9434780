using System.Text.Json;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Tests.Simulated;

/// <summary>A little world, second by second: pods, routers, traffic, and an operator that keeps nothing in memory.</summary>
internal sealed class Simulation
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    // At two percent a bucket.
    private const int TenTimes = 116;

    private readonly Random _random;
    private readonly Dictionary<string, Behaviour> _behaviours = [];
    private long _generation = 1;
    private int _dueAt;

    public Simulation(int seed = 1)
    {
        _random = new Random(seed);
        Cluster = new SimulatedCluster(BehaviourOf);
    }

    public SimulatedCluster Cluster { get; }

    public List<SimulatedRouter> Routers { get; } = [new("r1", 1), new("r2", 2)];

    public ModelDeploymentSpec Spec { get; private set; } = new();

    public string Wanted { get; private set; } = "";

    public byte[]? StoredStatus { get; private set; }

    public int Second { get; private set; }

    public int RequestsPerSecond { get; set; } = 100;

    public double FeedbackShare { get; set; } = 1;

    /// <summary>Requests that found no pod since the first revision went live.</summary>
    public long LostRequests { get; private set; }

    /// <summary>Whether the operator dies in the second, and how far it gets before that.</summary>
    public Func<int, Death> Dies { get; set; } = _ => Death.None;

    /// <summary>What Prometheus servers answer when they are asked.</summary>
    public Func<Simulation, MetricAnswer>? Metric { get; set; }

    /// <summary>What webhooks and Jobs answer when they are asked.</summary>
    public Func<Simulation, GateAnswer>? Gate { get; set; }

    /// <summary>What the evaluation Job of a plan shows.</summary>
    public Func<Simulation, EvaluationPlan, ObservedEvaluation>? Evaluation { get; set; }

    /// <summary>The plan carried out last.</summary>
    public Plan? LastPlan { get; private set; }

    /// <summary>What a person orders; taken off once a status says what became of it.</summary>
    public ControlRequest? Control { get; set; }

    /// <summary>Called with every plan and the input it was made from.</summary>
    public Action<PlannerInput, Plan>? Planned { get; set; }

    public DateTimeOffset Now => Start.AddSeconds(Second);

    public ModelDeploymentStatus Status => StoredStatus is null
        ? new ModelDeploymentStatus()
        : JsonSerializer.Deserialize(StoredStatus, ApiJsonContext.Default.ModelDeploymentStatus)!;

    /// <summary>Writes a spec that asks for a revision that behaves so.</summary>
    public void Ask(string revision, Behaviour behaviour, ModelDeploymentSpec? spec = null)
    {
        _behaviours[revision] = behaviour;
        Wanted = revision;
        Spec = spec ?? Spec;
        _generation++;
        _dueAt = Second;
    }

    /// <summary>Gives an order, and runs until the operator has dealt with it.</summary>
    public OrderStatus Order(string text, string? by = "alice")
    {
        Control = new ControlRequest(text, Now, by, RequestId: $"{Second}-{text}");
        _dueAt = Second;
        for (int i = 0; i < 5 && Control is not null; i++)
        {
            Run(1);
        }

        Assert.That(Control, Is.Null, "the operator has dealt with the order");
        return Status.LastOrder!;
    }

    public void Run(int seconds)
    {
        for (int end = Second + seconds; Second < end; Second++)
        {
            Operate();
            foreach (var router in Routers)
            {
                router.Follow(Status.Routing);
                long lost = router.Serve(
                    Now, RequestsPerSecond / Routers.Count, r => Cluster.ReadyPods(r, Second), BehaviourOf, FeedbackShare, _random);
                LostRequests += lost;
            }
        }
    }

    /// <summary>Runs until the condition holds, at most so long.</summary>
    public void RunUntil(Func<ModelDeploymentStatus, bool> holds, int seconds)
    {
        for (int i = 0; i < seconds && !holds(Status); i++)
        {
            Run(1);
        }

        Assert.That(holds(Status), $"after {seconds} seconds: {Status.Phase}: {Status.Message}");
    }

    private void Operate()
    {
        // Pods and specs announce themselves, so the operator looks more often than it asks to.
        bool announced = Second % 3 == 0;
        if (Second < _dueAt && !announced)
        {
            return;
        }

        string wanted = Status.Undo is { } undo && undo.From == Wanted && Cluster.Records.Contains(undo.Revision) ? undo.Revision : Wanted;
        var input = new PlannerInput
        {
            Name = "digits",
            Generation = _generation,
            Spec = Defaults.Resolve(Spec, "inference-runtime:1"),
            WantedRevision = wanted,
            AskedRevision = Wanted,
            Control = Control,
            Status = StoredStatus is null ? null : Status,
            World = Observe(),
            Now = Now,
        };
        var plan = Planner.Plan(input);
        var death = Dies(Second);
        _dueAt = death == Death.None ? Second + (int)Math.Ceiling(plan.RequeueAfter?.TotalSeconds ?? 60) : Second + 2;
        if (death == Death.BeforeStatus)
        {
            return;
        }

        LastPlan = plan;
        Planned?.Invoke(input, plan);
        StoredStatus = JsonSerializer.SerializeToUtf8Bytes(plan.Status, ApiJsonContext.Default.ModelDeploymentStatus);
        if (death == Death.AfterStatus)
        {
            return;
        }

        Control = null;

        foreach (var deployment in plan.Deployments)
        {
            Cluster.Apply(deployment, Second, Now);
        }
    }

    private ObservedWorld Observe()
    {
        var analysis = Defaults.Resolve(Spec, "inference-runtime:1").Rollout.Analysis;
        var due = Sources.Due(StoredStatus is null ? null : Status, analysis, Now);
        return new ObservedWorld
        {
            Revisions = Cluster.Observe(Second),
            Kept = Cluster.Records.Where(IsKept).ToHashSet(),
            Routers = [.. Routers.Select(r => r.Observe())],
            Metrics = Metric is null ? [] : due.Where(g => !g.IsGate).ToDictionary(g => g.Name, _ => Metric(this)),
            Gates = Gate is null ? [] : due.Where(g => g.IsGate).ToDictionary(g => g.Name, _ => Gate(this)),
            Evaluation = LastPlan?.Evaluation is { } asked ? Evaluation?.Invoke(this, asked) : null,
        };
    }

    private bool IsKept(string revision) =>
        StoredStatus is not null && revision != Wanted
        && (revision == Status.StableRevision || revision == Status.CanaryRevision
            || Control?.Text.EndsWith(revision, StringComparison.Ordinal) == true
            || Control?.Text == "undo" || Status.Undo?.Revision == revision);

    private Behaviour BehaviourOf(string revision)
    {
        var behaviour = _behaviours.GetValueOrDefault(revision) ?? new Behaviour();
        return Second < behaviour.ColdUntil ? behaviour with { LatencyBucket = behaviour.LatencyBucket + TenTimes } : behaviour;
    }
}

internal enum Death
{
    None,
    BeforeStatus,
    AfterStatus,
}
