using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Tests.Intents;

[Parallelizable(ParallelScope.All)]
public sealed class GateJobTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Test]
    public void The_Job_of_a_guardrail() => Golden.Verify(
        Build("""{"spec": {"containers": [{"name": "check", "image": "registry.example/check:1"}]}}"""), "gate-job");

    [Test]
    public void The_Job_of_a_guardrail_that_says_more_of_its_pod() => Golden.Verify(
        Build(
            """
            {
              "metadata": {"annotations": {"team": "vision"}, "labels": {"tier": "gold", "app.kubernetes.io/component": "inference"}},
              "spec": {
                "restartPolicy": "OnFailure",
                "serviceAccountName": "checker",
                "automountServiceAccountToken": true,
                "securityContext": {"runAsUser": 1000, "fsGroup": null},
                "initContainers": [{"name": "data", "image": "registry.example/data:1"}],
                "containers": [
                  {
                    "name": "check",
                    "image": "registry.example/check:1",
                    "env": [{"name": "MODEL_URL", "value": "http://elsewhere"}, {"name": "LIMIT", "value": "3"}],
                    "ports": [{"containerPort": 80}],
                    "securityContext": {"readOnlyRootFilesystem": true}
                  }
                ]
              }
            }
            """,
            60),
        "gate-job-every-field");

    [Test]
    public void A_name_that_is_too_long_is_cut_and_stays_unique()
    {
        string model = new('m', 40);
        string[] names =
        [
            .. new[] { "approval-by-the-board", "approval-by-the-bored" }
                .Select(guardrail => JobName.Of(model, "0123456789", guardrail, "1")),
        ];

        Assert.That(JobName.Of("digits", "0123456789", "approval", "1"), Does.Match("^digits-0123456789-approval-[0-9a-f]{8}$"));
        Assert.That(names, Is.Unique);
        Assert.That(names, Has.All.Length.LessThanOrEqualTo(63));
        Assert.That(names, Has.All.Match("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"));
        Assert.That(
            JobName.Of(new string('m', 42), "0123456789", "approval-by-the-board", "1"),
            Does.Match("[a-z0-9]-[0-9a-f]{8}$"),
            "no two dashes where it was cut");
    }

    [Test]
    public void Another_rollout_or_another_version_of_the_guardrail_is_another_Job()
    {
        JobGate gate = Gate("""{"spec": {"containers": []}}""");
        string name = NameOf(Start, gate);

        Assert.That(NameOf(Start, Gate("""{"spec":{"containers":[]}}""")), Is.EqualTo(name));
        Assert.That(NameOf(Start.AddTicks(1), gate), Is.Not.EqualTo(name));
        Assert.That(NameOf(Start, Gate("""{"spec": {"containers": [{}]}}""")), Is.Not.EqualTo(name));
        Assert.That(NameOf(Start, new JobGate { Template = gate.Template, DeadlineSeconds = 60 }), Is.EqualTo(name));
    }

    private static string NameOf(DateTimeOffset rolloutStartedAt, JobGate gate) =>
        GateJob.NameOf("digits", "0123456789", "approval", rolloutStartedAt, gate);

    private static JsonObject Build(string template, int? deadlineSeconds = null) => GateJob.Build(
        Models.Digits(),
        new GateJobPlan("approval", Gate(template, deadlineSeconds), "7be02c11f4", "d1f1b9c0a3"),
        Start);

    private static JobGate Gate(string template, int? deadlineSeconds = null) =>
        new() { Template = (JsonObject)JsonNode.Parse(template)!, DeadlineSeconds = deadlineSeconds };
}
