using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Evidence;
using static ModelOperator.Rollouts.Tests.SinglePlan;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Single rules, one plan each.</summary>
public class PlannerTests
{
    [Test]
    public void A_guardrail_whose_margin_changes_starts_anew_and_the_others_go_on()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50)))).Status;
        var counted = Plan(Input(begun, "v2", Router(Report(next: 52, Tick(50), Tick(51))))).Status;
        var spec = Specs.Digits();
        spec.Rollout!.Analysis!.Guardrails =
        [
            new Guardrail { Name = "accuracy", Type = GuardrailType.Accuracy, MarginPercent = 3 },
            new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate },
        ];
        var plan = Plan(Input(counted, "v2", Router(Report(next: 52))) with { Spec = Resolve(spec) });
        Assert.Multiple(() =>
        {
            Assert.That(plan.Status.Analysis!.Select(g => g.Name), Is.EqualTo(new[] { "accuracy", "errors" }));
            Assert.That(Counts(plan, "accuracy").Stable!.Total, Is.Zero);
            Assert.That(Counts(plan, "errors").Stable!.Total, Is.EqualTo(200));
        });
    }

    [Test]
    public void An_autoscaler_sees_the_pods_of_the_stable_revision_alone()
    {
        var status = Plan(Input(Comparing(), "v2", Router(Report(next: 1, version: 2)))).Status;
        Assert.That((status.CanaryRevision, status.Replicas, status.ReadyReplicas), Is.EqualTo(("v2", 2, 2)));
        Assert.That(status.Selector, Does.EndWith("modeloperator.io/model=digits,modeloperator.io/revision=v1"));
    }

    [Test]
    public void With_no_replicas_only_a_person_is_waited_for()
    {
        var input = Input(new ModelDeploymentStatus(), "v1") with { World = new ObservedWorld() };
        var plan = Plan(input with { Spec = input.Spec with { Replicas = 0 } });
        Assert.That(plan.RequeueAfter, Is.EqualTo(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void A_state_that_cannot_be_read_starts_anew()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50)))).Status;
        begun.Analysis!.ForEach(g => g.State = "{\"canary\":");
        var plan = Plan(Input(begun, "v2", Router(Report(next: 50))));
        Assert.That(plan.Status.Analysis!.TrueForAll(g => GuardrailEvidenceJson.Read(g.State) is not null));
    }

    [Test]
    public void Half_a_rollout_in_an_edited_status_does_not_stop_the_planner()
    {
        ModelDeploymentStatus[] edited =
        [
            new() { CanaryRevision = "v2" },
            new() { StableRevision = "v1", CanaryRevision = "v2" },
            new() { StableRevision = "v1", Rollout = new RolloutStatus { Step = 99 } },
            new() { StableRevision = "v1", CanaryRevision = "v1" },
            new() { Rejected = [], Routing = new RoutingTable() },
            new() { StableRevision = "gone", Routing = new RoutingTable { Version = 7 } },
        ];
        foreach (var status in edited)
        {
            Assert.That(() => Plan(Input(status, "v2", Router(Report(next: 1)))), Throws.Nothing);
            Assert.That(() => Plan(Input(status, "v1", Router(Report(next: 1)))), Throws.Nothing);
        }
    }

    [Test]
    public void Silent_routers_stop_every_decision_and_are_named_in_a_condition()
    {
        var status = Comparing();
        status.Rollout!.StepRequests = 1000;
        var plan = Plan(Input(status, "v2", new ObservedRouter { Pod = "router" }) with { Now = Now.AddSeconds(50) });
        Assert.Multiple(() =>
        {
            Assert.That(plan.Status.CanaryRevision, Is.EqualTo("v2"));
            Assert.That(plan.Status.Routing!.Version, Is.EqualTo(status.Routing!.Version));
            Assert.That(Condition(plan, ConditionTypes.Progressing).Reason, Is.EqualTo(Reasons.NoMetrics));
            Assert.That(Condition(plan, ConditionTypes.Ready).Status, Is.EqualTo("True"), "a lost answer does not end what was");
        });
    }

    [TestCase(InconclusiveAction.Rollback)]
    [TestCase(InconclusiveAction.Promote)]
    public void While_routers_are_silent_the_deadline_holds_whatever_the_spec_says(InconclusiveAction action)
    {
        var begun = Comparing();
        var spec = Resolve(Specs.Digits(onInconclusive: action));
        var report = new EvidenceReport
        {
            Instance = "r1",
            TableVersion = 2,
            Oldest = 0,
            Next = 90,
            Ticks = [.. Enumerable.Range(0, 80).Select(i => Tick(i + 5, canary: 2, start: i))],
        };
        var judged = Plan(Input(begun, "v2", Router(report)) with { Spec = spec, Now = Now.AddSeconds(100) }).Status;
        Assert.That(judged.Analysis!.TrueForAll(g => g.Verdict != nameof(Verdict.NoData)));
        var plan = Plan(Input(judged, "v2", new ObservedRouter { Pod = "router" }) with { Spec = spec, Now = Now.AddHours(2) });
        Assert.That(plan.Status.Phase, Is.EqualTo(RolloutPhase.Held));
        Assert.That(plan.Status.CanaryRevision, Is.EqualTo("v2"));
    }

    [Test]
    public void A_lost_stable_revision_is_not_replaced_by_one_that_was_rejected()
    {
        var status = Stable();
        status.Rejected = [new RejectedRevision { Revision = "v2", Reason = Reasons.AccuracyHarmful, Message = "wrong" }];
        var input = Input(status, "v2", Router(Report(next: 1)));
        var plan = Plan(input with { World = input.World with { Revisions = [Ready("v2", 0)] } });
        Assert.Multiple(() =>
        {
            Assert.That(plan.Status.Phase, Is.EqualTo(RolloutPhase.Stalled));
            Assert.That(Condition(plan, ConditionTypes.Stalled).Reason, Is.EqualTo("StableLost"));
            Assert.That(Condition(plan, ConditionTypes.Ready).Status, Is.EqualTo("False"));
            Assert.That(plan.Deployments, Is.Empty);
        });
    }

    [Test]
    public void A_stable_revision_whose_Deployment_is_gone_is_not_lost_while_its_pods_are_ready()
    {
        var status = Comparing();
        var input = Input(status, "v2", Router(Report(next: 1, version: 2)));
        var plan = Plan(
            input with { World = input.World with { Revisions = [Ready("v1", 2) with { HasDeployment = false }, Ready("v2", 1)] } });
        Assert.Multiple(() =>
        {
            Assert.That((plan.Status.StableRevision, plan.Status.CanaryRevision), Is.EqualTo(("v1", "v2")));
            Assert.That(plan.Status.Routing!.Version, Is.EqualTo(status.Routing!.Version));
            Assert.That(plan.Deployments.Select(d => d.Revision), Is.EqualTo(new[] { "v2" }), "nothing that is not there is scaled");
        });
    }

    [Test]
    public void A_spec_that_cannot_be_acted_on_leaves_a_canary_at_its_weight_however_good_it_is()
    {
        var status = Comparing();
        status.Rollout!.StepRequests = 1000;
        var input = Input(status, "v2", Router(Report(next: 1, version: 2))) with { Now = Now.AddSeconds(50) };
        Assert.That(Plan(input).Status.Rollout!.Step, Is.EqualTo(1), "it would have got the next step");
        var plan = Plan(input with { IsGuardOnly = true });
        Assert.Multiple(() =>
        {
            Assert.That((plan.Status.Rollout!.Step, plan.Status.CanaryRevision, plan.Status.Routing!.Version), Is.EqualTo((0, "v2", 2L)));
            Assert.That(plan.Deployments.Select(d => d.Action), Has.None.EqualTo(DeploymentAction.Apply), "its pod template is not known");
        });
        var kept = Plan(input with { IsGuardOnly = true, World = input.World with { Kept = new HashSet<string> { "v1", "v2" } } });
        Assert.That(
            kept.Deployments.Select(d => (d.Revision, d.Action)),
            Is.EqualTo(new[] { ("v1", DeploymentAction.Apply), ("v2", DeploymentAction.Apply) }));
    }

    [Test]
    public void A_spec_that_cannot_be_acted_on_does_not_shield_a_harmful_canary()
    {
        var report = new EvidenceReport
        {
            Instance = "r1",
            TableVersion = 2,
            Oldest = 0,
            Next = 90,
            Ticks = [.. Enumerable.Range(0, 40).Select(i => Tick(i + 5, canary: 20, start: i, wrong: 10))],
        };
        var input = Input(Comparing(), "v2", Router(report)) with { Now = Now.AddSeconds(60), IsGuardOnly = true };
        var back = Plan(input);
        var settled = Plan(input with
        {
            Status = back.Status,
            WantedRevision = "v1",
            World = input.World with { Routers = [Router(Report(next: 90, version: 3))] },
        });
        Assert.Multiple(() =>
        {
            Assert.That(back.Status.Routing!.Targets.Select(t => (t.Revision, t.Weight)), Is.EqualTo(new[] { ("v1", 100) }));
            Assert.That(back.Events.Select(e => e.Reason), Is.EqualTo(new[] { Reasons.AccuracyHarmful }));
            Assert.That(
                settled.Status.Rejected!.Single().Revision, Is.EqualTo("v2"), "it is not tried again when the spec asks for it anew");
            Assert.That(settled.Deployments, Is.EqualTo(new[] { new DeploymentPlan("v2", DeploymentAction.Scale, 0) }));
        });
    }

    [Test]
    public void Old_revisions_beyond_the_limit_are_deleted_oldest_first_and_only_without_pods()
    {
        var input = Input(Stable(), "v1", Router(Report(next: 1)));
        ObservedRevision[] old =
        [
            Ready("a", 0) with { CreatedAt = Now.AddDays(-5) },
            Ready("b", 0) with { CreatedAt = Now.AddDays(-4) },
            Ready("c", 0) with { CreatedAt = Now.AddDays(-3) },
            Ready("d", 0) with { CreatedAt = Now.AddDays(-9), Replicas = 1 },
        ];
        var plan = Plan(input with { World = input.World with { Revisions = [Ready("v1", 2), .. old] } });
        Assert.That(
            plan.Deployments,
            Is.EqualTo(new[] { new DeploymentPlan("v1", DeploymentAction.Apply, 2), new DeploymentPlan("a", DeploymentAction.Delete, 0) }));
    }

    [Test]
    public void Raising_the_deadline_takes_a_held_rollout_up_again()
    {
        var held = Plan(Input(Comparing(), "v2", Router(Report(next: 1, version: 2))) with { Now = Now.AddHours(2) });
        Assert.That(held.Status.Phase, Is.EqualTo(RolloutPhase.Held));
        var plan = Plan(Input(held.Status, "v2", Router(Report(next: 1, version: 2))) with
        {
            Now = Now.AddHours(2),
            Spec = Resolve(Specs.Digits(deadlineSeconds: 100_000)),
        });
        Assert.That(plan.Status.Phase, Is.EqualTo(RolloutPhase.Analyzing));
    }

    [Test]
    public void Steps_changed_under_way_lower_the_weight_at_once()
    {
        var plan = Plan(Input(Comparing(), "v2", Router(Report(next: 1, version: 2))) with { Spec = Resolve(Specs.Digits(weights: 3)) });
        Assert.Multiple(() =>
        {
            Assert.That(plan.Status.Routing!.Targets.Single(t => t.Revision == "v2").Weight, Is.EqualTo(3));
            Assert.That(plan.Status.Rollout!.StepConfirmedAt, Is.Null, "the step counts anew");
        });
    }

    [Test]
    public void A_step_waits_for_its_requests()
    {
        var status = Comparing();
        var input = Input(status, "v2", Router(Report(next: 1, version: 2))) with
        {
            Spec = Resolve(Specs.Digits(minRequests: 10)),
            Now = Now.AddSeconds(100),
        };
        Assert.That(Plan(input).Status.Rollout!.Step, Is.Zero);
        status.Rollout!.StepRequests = 10;
        Assert.That(Plan(input).Status.Rollout!.Step, Is.EqualTo(1));
    }

    [Test]
    public void Answers_that_are_not_judged_yet_end_no_step()
    {
        var input = Input(Comparing(), "v2", Router(Heard(Tick(5, canary: 500, start: 98)))) with { Now = Now.AddSeconds(100) };
        var open = Plan(input);
        var closed = Plan(input with { Status = open.Status, Now = Now.AddSeconds(110) });
        Assert.Multiple(() =>
        {
            Assert.That(
                (open.Status.Rollout!.Step, open.Status.Rollout.StepRequests, open.Status.Rollout.BlockRequests),
                Is.EqualTo((0, 0L, 500L)));
            Assert.That(closed.Status.Rollout!.Step, Is.EqualTo(1), "the block was judged, and is not suspicious");
        });
    }

    [Test]
    public void Answers_of_a_cold_pod_end_no_step()
    {
        var tick = new EvidenceTick
        {
            Sequence = 5,
            Start = Now.AddSeconds(50),
            Revisions = new() { ["v2"] = new RevisionCounts { WarmUp = 500 } },
        };
        var input = Input(Comparing(), "v2", Router(Heard(tick))) with { Now = Now.AddSeconds(100) };
        var plan = Plan(input);
        Assert.That(
            (plan.Status.Rollout!.Step, plan.Status.Rollout.StepRequests, plan.Status.Rollout.CanaryRequests), Is.EqualTo((0, 0L, 500L)));
    }

    [Test]
    public void A_router_that_shuts_down_is_read_to_the_end_and_not_waited_for()
    {
        var status = Comparing();
        long judged = status.Rollout!.CanaryRequests;
        var leaving = new ObservedRouter
        {
            Pod = "model-router-leaving",
            Report = new EvidenceReport
            {
                Instance = "leaving",
                TableVersion = 0,
                Oldest = 0,
                Next = 1,
                Ticks =
                    [new EvidenceTick { Sequence = 0, Start = Now, Revisions = new() { ["v2"] = new RevisionCounts { Requests = 7 } } }],
            },
        };
        var input = Input(status, "v2", Router(Report(next: 1, version: 2)));

        var plan = Plan(input with { World = input.World with { LeavingRouters = [leaving] } });

        Assert.Multiple(() =>
        {
            Assert.That(plan.Status.Rollout!.CanaryRequests, Is.EqualTo(judged + 7));
            Assert.That(plan.Status.Rollout.StepConfirmedAt, Is.EqualTo(status.Rollout.StepConfirmedAt), "its old table holds up nothing");
            Assert.That(
                Plan(input with { Status = plan.Status, World = input.World with { LeavingRouters = [leaving] } })
                    .Status.Rollout!.CanaryRequests,
                Is.EqualTo(judged + 7),
                "counted once");
        });
    }

    [Test]
    public void What_keeps_routers_from_being_made_is_the_message_of_Ready()
    {
        var input = Input(Stable(), "v1");
        var plan = Plan(
            input with { World = input.World with { RouterFailure = new PodFailure(Reasons.PodsRefused, "must specify limits.cpu") } });
        Assert.That(
            (Condition(plan, ConditionTypes.Ready).Status, Condition(plan, ConditionTypes.Ready).Message),
            Is.EqualTo(("False", "the pods of v1 are ready, but no router sends them requests yet: PodsRefused: must specify limits.cpu")));
    }

    [Test]
    public void A_condition_moves_its_time_only_with_its_status()
    {
        var first = Plan(Input(Stable(), "v1", Router(Report(next: 1)))).Status;
        var input = Input(first, "v1", Router(Report(next: 1)));
        var fewer = Plan(input with
        {
            Now = Now.AddMinutes(1),
            World = input.World with { Revisions = [Ready("v1", 2) with { ReadyReplicas = 1 }] },
        }).Status;
        var ready = fewer.Conditions!.Find(c => c.Type == ConditionTypes.Ready)!;
        var progressing = fewer.Conditions!.Find(c => c.Type == ConditionTypes.Progressing)!;
        Assert.Multiple(() =>
        {
            Assert.That((ready.Status, ready.LastTransitionTime), Is.EqualTo(("True", (DateTimeOffset?)Now)));
            Assert.That((progressing.Status, progressing.LastTransitionTime), Is.EqualTo(("True", (DateTimeOffset?)Now.AddMinutes(1))));
        });
    }

    [Test]
    public void The_input_is_left_as_it_was()
    {
        var status = Comparing();
        Plan(Input(status, "v3", Router(Report(next: 1, version: 2))));
        Assert.That((status.CanaryRevision, status.Routing!.Version), Is.EqualTo(("v2", 2L)));
    }
}
