using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Tests;

/// <summary>What single plans are made from, and what they say.</summary>
internal static class SinglePlan
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static Plan Plan(PlannerInput input) => Planner.Plan(input);

    public static EffectiveSpec Resolve(ModelDeploymentSpec spec) => Defaults.Resolve(spec, "inference-runtime:1");

    public static PlannerInput Input(ModelDeploymentStatus status, string wanted, params ObservedRouter[] routers) => new()
    {
        Name = "digits",
        Generation = 2,
        Spec = Resolve(Specs.Digits()),
        WantedRevision = wanted,
        Status = status,
        World = new ObservedWorld { Revisions = [Ready("v1", 2), Ready("v2", status.CanaryRevision is null ? 0 : 1)], Routers = routers },
        Now = Now,
    };

    public static ObservedRevision Ready(string revision, int pods) =>
        new() { Revision = revision, CreatedAt = Now.AddDays(-1), DesiredReplicas = pods, Replicas = pods, ReadyReplicas = pods };

    public static ModelDeploymentStatus Stable() => new()
    {
        StableRevision = "v1",
        Phase = RolloutPhase.Stable,
        Routing = new RoutingTable { Version = 1, Targets = [new TrafficTarget { Revision = "v1", Weight = 100 }] },
    };

    /// <summary>A canary at 5 percent, confirmed, with a Ready condition.</summary>
    public static ModelDeploymentStatus Comparing()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 1)))).Status;
        var weighted = Plan(Input(begun, "v2", Router(Report(next: 1)))).Status;
        var confirmed = Plan(Input(weighted, "v2", Router(Report(next: 1, version: 2)))).Status;
        Assert.That(confirmed.Rollout!.StepConfirmedAt, Is.EqualTo(Now));
        return confirmed;
    }

    public static ObservedRouter Router(EvidenceReport report) => new() { Pod = "model-router-" + report.Instance, Report = report };

    public static EvidenceReport Report(long next, params EvidenceTick[] ticks) => Report("r1", next, ticks);

    public static EvidenceReport Report(long next, long version) =>
        new() { Instance = "r1", TableVersion = version, Oldest = 0, Next = next, Ticks = [] };

    public static EvidenceReport Report(string instance, long next, params EvidenceTick[] ticks) =>
        new() { Instance = instance, TableVersion = 1, Oldest = 0, Next = next, Ticks = [.. ticks] };

    public static EvidenceReport Heard(EvidenceTick tick) =>
        new() { Instance = "r1", TableVersion = 2, Oldest = 0, Next = 90, Ticks = [tick] };

    public static EvidenceTick Tick(long sequence, int canary = 10, int start = 0, int wrong = 0) => new()
    {
        Sequence = sequence,
        Start = Now.AddSeconds(start),
        Revisions = new Dictionary<string, RevisionCounts>
        {
            ["v1"] = new RevisionCounts { Requests = 100, Correct = 97, Incorrect = 3, Latency = [[200, 100]] },
            ["v2"] = new RevisionCounts { Requests = canary, Correct = canary - wrong, Incorrect = wrong, Latency = [[200, canary]] },
        },
    };

    public static GuardrailStatus Counts(Plan plan, string guardrail) => plan.Status.Analysis!.Single(g => g.Name == guardrail);

    public static Kubernetes.Entities.Condition Condition(Plan plan, string type) => plan.Status.Conditions!.Single(c => c.Type == type);
}
