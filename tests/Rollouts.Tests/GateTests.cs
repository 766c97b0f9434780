using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Guardrails that give a verdict of their own.</summary>
public class GateTests
{
    [Test]
    public void A_rollout_waits_until_every_gate_has_said_safe()
    {
        int asked = 0;
        var simulation = Rollout(
            s => new GateAnswer { At = s.Now, Verdict = ++asked < 12 ? Verdict.Continue : Verdict.Safe, Message = $"look {asked}" });

        simulation.RunUntil(s => s.StableRevision == "v2", 300);

        Assert.That(asked, Is.EqualTo(12), "once it has spoken it is asked no more");
        var gate = simulation.Status.Analysis!.Single(g => g.Name == "gate");
        Assert.That(
            (gate.Verdict, gate.Message, gate.Answer), Is.EqualTo(("Safe", "the Webhook finds the canary safe: look 12", "look 12")));
        Assert.That(gate.Canary, Is.Null);
    }

    [Test]
    public void Where_gates_are_all_there_is_their_verdict_takes_the_place_of_answers()
    {
        var spec = Spec();
        spec.Rollout!.Analysis!.Guardrails!.RemoveAt(0);
        spec.Rollout.Steps = [new RolloutStep { Weight = 5, DurationSeconds = 5 }, new RolloutStep { Weight = 50, DurationSeconds = 5 }];
        bool isSafe = false;
        var simulation = Rollout(
            s => new GateAnswer { At = s.Now, Verdict = isSafe ? Verdict.Safe : Verdict.Continue }, spec, requestsPerSecond: 0);

        simulation.Run(60);
        Assert.That(simulation.Status.Rollout!.Step, Is.Zero, "time alone ends no step");
        isSafe = true;
        simulation.RunUntil(s => s.StableRevision == "v2", 60);
    }

    [Test]
    public void Harmful_rolls_back_with_the_reason_that_was_given()
    {
        var simulation = Rollout(s => new GateAnswer { At = s.Now, Verdict = Verdict.Harmful, Message = "toxicity 12 %" });

        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 60);

        var rejected = simulation.Status.Rejected!.Single();
        Assert.That(rejected.Reason, Is.EqualTo(Reasons.GateHarmful));
        Assert.That(rejected.Message, Is.EqualTo("gate: the Webhook finds the canary harmful: toxicity 12 %"));
    }

    [Test]
    public void A_gate_that_never_answers_holds_the_rollout_at_its_deadline_whatever_onInconclusive_says()
    {
        var simulation = Rollout(s => new GateAnswer { At = s.Now, Problem = "timed out after 10 s" });

        simulation.RunUntil(s => s.Phase == RolloutPhase.Held, 200);

        Assert.That(
            simulation.Status.Message,
            Does.Contain("gate: the Webhook has given no verdict; no answer that can be used now: timed out after 10 s"));
    }

    [Test]
    public void A_gate_that_goes_silent_keeps_what_it_said()
    {
        var simulation = Rollout(s => s.Second < 40
            ? new GateAnswer { At = s.Now, Verdict = Verdict.Continue, Message = "half done" }
            : new GateAnswer { At = s.Now, Problem = "timed out" });

        simulation.RunUntil(s => s.Analysis?.Find(g => g.Name == "gate")?.Source?.Problem is not null, 100);

        var gate = simulation.Status.Analysis!.Single(g => g.Name == "gate");
        Assert.That(
            (gate.Verdict, gate.Message),
            Is.EqualTo(("Continue", "the Webhook has not decided yet: half done; no answer that can be used now: timed out")));
    }

    [Test]
    public void Gates_take_no_share_of_the_chance_of_error()
    {
        var simulation = Rollout(s => new GateAnswer { At = s.Now });

        simulation.RunUntil(s => s.Rollout?.CanaryRequests > 0, 60);

        Assert.That(
            simulation.Status.Analysis!.Single(g => g.Name == "errors").Message,
            Does.Contain("decided at 1 in 100;").And.EndWith("decided at 1 in 100"));
    }

    [Test]
    public void Another_address_is_another_gate()
    {
        var simulation = Rollout(s => new GateAnswer { At = s.Now, Verdict = Verdict.Continue });
        simulation.RunUntil(s => s.Analysis?.Find(g => g.Name == "gate")?.Verdict == "Continue", 60);
        var spec = Spec();
        spec.Rollout!.Analysis!.Guardrails![1].Webhook!.Url = "http://checks/other";
        simulation.Gate = null;
        simulation.Ask("v2", new Behaviour(), spec);

        simulation.Run(2);

        Assert.That(simulation.Status.Analysis!.Single(g => g.Name == "gate").Verdict, Is.EqualTo("NoData"));
    }

    [Test]
    public void A_job_is_there_while_the_canary_has_traffic_and_not_before_or_after()
    {
        var spec = Spec();
        var template = new System.Text.Json.Nodes.JsonObject();
        spec.Rollout!.Analysis!.Guardrails![1] =
            new Guardrail { Name = "gate", Type = GuardrailType.Job, Job = new JobGate { Template = template } };
        bool mayEnd = false;
        var simulation = Rollout(s => new GateAnswer { At = s.Now, Verdict = mayEnd ? Verdict.Safe : null }, spec);
        Assert.That(simulation.LastPlan!.GateJobs, Is.Empty);

        simulation.RunUntil(s => s.Rollout?.StepConfirmedAt is not null, 60);
        simulation.Run(5);
        Assert.That(
            simulation.LastPlan.GateJobs,
            Is.EqualTo(new[] { new GateJobPlan("gate", spec.Rollout.Analysis.Guardrails[1].Job!, "v2", "v1") }));

        mayEnd = true;
        simulation.RunUntil(s => s.StableRevision == "v2", 300);
        simulation.Run(5);
        Assert.That(simulation.LastPlan.GateJobs, Is.Empty);
    }

    [Test]
    public void What_a_job_says_does_not_wait_for_the_interval()
    {
        var spec = Spec();
        spec.Rollout!.Analysis!.IntervalSeconds = 100;
        spec.Rollout.Analysis.Guardrails![1] = new Guardrail { Name = "gate", Type = GuardrailType.Job, Job = new JobGate() };
        string? problem = null;
        Verdict? verdict = null;
        var simulation = Rollout(s => new GateAnswer { At = s.Now, Problem = problem, Verdict = verdict }, spec);
        simulation.RunUntil(s => s.Rollout?.StepConfirmedAt is not null, 60);
        simulation.Run(10);
        var asked = simulation.Status.Analysis!.Single(g => g.Name == "gate").Source!.AskedAt;

        problem = "no such image";
        simulation.RunUntil(s => s.Analysis!.Single(g => g.Name == "gate").Source!.Problem == problem, 5);
        problem = null;
        simulation.RunUntil(s => s.Analysis!.Single(g => g.Name == "gate").Source!.Problem is null, 5);
        var running = simulation.Status.Analysis!.Single(g => g.Name == "gate");
        simulation.Run(10);
        Assert.That(
            simulation.Status.Analysis!.Single(g => g.Name == "gate").Source!.AskedAt,
            Is.EqualTo(running.Source!.AskedAt),
            "nothing new is nothing to write");
        verdict = Verdict.Harmful;
        simulation.RunUntil(s => s.Rejected?.Single().Reason == Reasons.GateHarmful, 5);

        Assert.That(simulation.Now - asked, Is.LessThan(TimeSpan.FromSeconds(60)));
    }

    private static ModelDeploymentSpec Spec()
    {
        var spec = Specs.Digits(deadlineSeconds: 120, onInconclusive: InconclusiveAction.Promote, weights: 50);
        spec.Rollout!.Analysis!.Guardrails =
        [
            new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate, MarginPercent = 5 },
            new Guardrail { Name = "gate", Type = GuardrailType.Webhook, Webhook = new WebhookGate { Url = "http://checks/digits" } },
        ];
        return spec;
    }

    private static Simulation Rollout(Func<Simulation, GateAnswer> gate, ModelDeploymentSpec? spec = null, int requestsPerSecond = 100)
    {
        var simulation = new Simulation { Gate = gate, RequestsPerSecond = requestsPerSecond, Planned = new Invariants().Check };
        simulation.Ask("v1", new Behaviour(), spec ?? Spec());
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 60);
        simulation.Ask("v2", new Behaviour());
        simulation.RunUntil(s => s.CanaryRevision is not null, 20);
        return simulation;
    }
}
