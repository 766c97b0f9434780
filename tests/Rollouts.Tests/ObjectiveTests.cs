using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Guardrails that judge the canary alone.</summary>
public class ObjectiveTests
{
    [TestCase(0.2, "RevisionRejected", "AccuracyHarmful")]
    [TestCase(0.02, "Stable", null)]
    public void An_accuracy_objective_holds_whatever_stable_does(double wrong, string reason, string? rejection)
    {
        var simulation = Rollout(
            new Guardrail { Name = "right", Type = GuardrailType.Accuracy, MinAccuracyPercent = 92 },
            stable: new Behaviour { WrongRate = 0.2 },
            canary: new Behaviour { WrongRate = wrong });

        Ends(simulation, reason, rejection);
        Assert.That(simulation.Status.Analysis!.Single().Interval, Does.Match("^rate [0-9.]+ to [0-9.]+ %$"));
    }

    [TestCase(0.1, "RevisionRejected", "ErrorRateHarmful")]
    [TestCase(0.0, "Stable", null)]
    public void An_error_objective_holds_whatever_stable_does(double errors, string reason, string? rejection)
    {
        var simulation = Rollout(
            new Guardrail { Name = "up", Type = GuardrailType.ErrorRate, MaxErrorPercent = 2 },
            stable: new Behaviour { ErrorRate = 0.1 },
            canary: new Behaviour { ErrorRate = errors });

        Ends(simulation, reason, rejection);
    }

    [TestCase(150, "RevisionRejected", "LatencyHarmful")]
    [TestCase(-150, "Stable", null)]
    public void A_latency_objective_is_on_the_canarys_own_quantile(int buckets, string reason, string? rejection)
    {
        // The stable revision is slower than the limit itself.
        const int limit = 20;
        int bucket = Evidence.LatencyBuckets.Index(TimeSpan.FromMilliseconds(limit));
        var simulation = Rollout(
            new Guardrail { Name = "fast", Type = GuardrailType.Latency, MaxMilliseconds = limit, QuantilePercent = 95 },
            stable: new Behaviour { LatencyBucket = bucket + 50 },
            canary: new Behaviour { LatencyBucket = bucket + buckets });

        Ends(simulation, reason, rejection);
    }

    [Test]
    public void With_no_stable_traffic_at_all_an_objective_still_decides()
    {
        var simulation = Rollout(
            new Guardrail { Name = "up", Type = GuardrailType.ErrorRate, MaxErrorPercent = 2 }, new Behaviour(), new Behaviour(),
            weights: 100);

        Ends(simulation, "Stable", null);
    }

    private static Simulation Rollout(Guardrail guardrail, Behaviour stable, Behaviour canary, params int[] weights)
    {
        var spec = Specs.Digits(weights: weights);
        spec.Rollout!.Analysis!.Guardrails = [guardrail];
        var simulation = new Simulation();
        simulation.Planned = new Invariants().Check;
        simulation.Ask("v1", stable, spec);
        simulation.Run(20);
        simulation.Ask("v2", canary);
        simulation.RunUntil(s => s.CanaryRevision is not null, 20);
        simulation.RunUntil(s => s.CanaryRevision is null, 600);
        simulation.Run(20);
        return simulation;
    }

    private static void Ends(Simulation simulation, string reason, string? rejection)
    {
        Assert.That(
            simulation.Status.Conditions!.Single(c => c.Type == ConditionTypes.Progressing).Reason,
            Is.EqualTo(reason),
            simulation.Status.Message);
        Assert.That(simulation.Status.Rejected?.Single().Reason, Is.EqualTo(rejection));
    }
}
