using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Controller.Sources;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Tests.Sources;

[Parallelizable(ParallelScope.All)]
public sealed class GateJobResultTests
{
    private const string Made = "2026-03-04T05:06:07Z";

    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 27, TimeSpan.Zero);

    [TestCase("""{"exitCode":0,"reason":"Completed"}""", Verdict.Safe, null)]
    [TestCase("""{"exitCode":0,"message":"looked at 5 files\nall is well\n"}""", Verdict.Safe, "all is well")]
    [TestCase("""{"exitCode":1,"reason":"Error"}""", Verdict.Harmful, "container check ended with exit code 1")]
    [TestCase(
        """{"exitCode":3,"message":"reading\nreference answer 7 differs"}""", Verdict.Harmful,
        "container check ended with exit code 3: reference answer 7 differs")]
    [TestCase(
        """{"exitCode":0,"message":"{\"verdict\":\"Harmful\",\"message\":\"12 of 40 differ\"}"}""", Verdict.Harmful, "12 of 40 differ")]
    [TestCase("""{"exitCode":1,"message":" {\"verdict\":\"Safe\"}\n"}""", Verdict.Safe, null)]
    [TestCase("""{"exitCode":0,"message":"{\"verdict\":\"Inconclusive\",\"message\":\"no data\"}"}""", Verdict.Inconclusive, "no data")]
    [TestCase("""{"exitCode":0,"message":"{\"verdict\":\"Continue\"}"}""", Verdict.Inconclusive, null)]
    [TestCase(
        """{"exitCode":1,"message":"{\"verdict\":\"maybe\"}"}""", Verdict.Harmful,
        "container check ended with exit code 1: {\"verdict\":\"maybe\"}")]
    public void A_check_that_came_to_its_end_gives_a_verdict(string terminated, Verdict verdict, string? message)
    {
        GateAnswer answer = Read(Job(), Ended(terminated));

        Assert.That((answer.Verdict, answer.Message, answer.Problem), Is.EqualTo((verdict, message, (string?)null)));
        Assert.That(answer.At, Is.EqualTo(Now));
    }

    [Test]
    public void Of_several_containers_the_deciding_one_counts_and_no_other_is_waited_for()
    {
        const string good = """{"name":"check","state":{"terminated":{"exitCode":0}}}""";
        const string bad = """{"name":"check","state":{"terminated":{"exitCode":2}}}""";
        const string running = """{"name":"proxy","state":{"running":{}}}""";
        const string killed = """{"name":"proxy","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}""";

        Assert.That(Read(Job(), Pod($"[{running},{good}]")).Verdict, Is.EqualTo(Verdict.Safe));
        Assert.That(Read(Job(), Pod($"[{running},{bad}]")).Verdict, Is.EqualTo(Verdict.Harmful));
        Assert.That(Read(Job(), Pod($"[{killed},{good}]")).Verdict, Is.EqualTo(Verdict.Safe));
        Assert.That(
            Read(
                Job(),
                Pod("""[{"name":"check","state":{"running":{}}},{"name":"proxy","state":{"terminated":{"exitCode":1}}}]""")).Verdict,
            Is.Null);
    }

    [TestCase("""[{"name":"proxy"},{"name":"check"}]""", "check")]
    [TestCase("""[{"name":"reference"},{"name":"proxy"}]""", "reference")]
    public void The_container_named_check_decides_or_the_first(string containers, string deciding) => Assert.That(
        GateJob.DecidingContainerOf(
            new JobGate { Template = (JsonObject)JsonNode.Parse($$$"""{"spec":{"containers":{{{containers}}}}}""")! }),
        Is.EqualTo(deciding));

    [Test]
    public void A_check_that_is_on_its_way_has_nothing_to_tell()
    {
        Assert.That(Read(null), Is.EqualTo(new GateAnswer { At = Now }));
        Assert.That(Read(Job()), Is.EqualTo(new GateAnswer { At = Now }));
        Assert.That(Read(Job(), Pod("[]")), Is.EqualTo(new GateAnswer { At = Now }));
        Assert.That(
            Read(Job(), Pod("""[{"name":"check","state":{"waiting":{"reason":"ContainerCreating"}}}]""")),
            Is.EqualTo(new GateAnswer { At = Now }));
        Assert.That(Read(Job(), Pod("""[{"name":"check","state":{"running":{}}}]""")), Is.EqualTo(new GateAnswer { At = Now }));
    }

    [TestCase(
        """[{"name":"check","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image"}}}]""",
        "ImagePullBackOff: Back-off pulling image")]
    [TestCase(
        """[{"name":"check","state":{"waiting":"""
        + """{"reason":"CreateContainerConfigError","message":"container has runAsNonRoot and image will run as root"}}}]""",
        "will run as root")]
    [TestCase("""[{"name":"check","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]""", "OOMKilled")]
    [TestCase(
        """[{"name":"check","state":{"terminated":{"exitCode":128,"reason":"StartError","message":"exec: \"check\": not found"}}}]""",
        "not found")]
    [TestCase("""[{"name":"check","state":{"terminated":{"exitCode":137,"reason":"ContainerStatusUnknown"}}}]""", "ContainerStatusUnknown")]
    public void A_container_that_never_ran_or_was_killed_is_no_data(string containers, string why)
    {
        GateAnswer answer = Read(Job(), Pod(containers));

        Assert.That(answer.Verdict, Is.Null);
        Assert.That(answer.Problem, Does.Contain(why));
    }

    [TestCase(
        """{"phase":"Failed","reason":"Evicted","message":"The node was low on resource: memory.","containerStatuses":"""
        + """[{"name":"check","state":{"terminated":{"exitCode":137}}}]}""",
        "low on resource")]
    [TestCase(
        """{"phase":"Failed","reason":"NodeShutdown","containerStatuses":[{"name":"check","state":{"terminated":{"exitCode":143}}}]}""",
        "NodeShutdown")]
    [TestCase(
        """{"phase":"Failed","conditions":"""
        + """[{"type":"DisruptionTarget","status":"True","reason":"PreemptionByScheduler","message":"preempted"}]"""
        + ""","containerStatuses":[{"name":"check","state":{"terminated":{"exitCode":143}}}]}""",
        "PreemptionByScheduler")]
    [TestCase(
        """{"phase":"Failed","initContainerStatuses":[{"name":"data","state":{"terminated":{"exitCode":1}}}]"""
        + ""","containerStatuses":[{"name":"check","state":{"waiting":{"reason":"PodInitializing"}}}]}""",
        "init container data ended with exit code 1")]
    [TestCase(
        """{"phase":"Pending","conditions":"""
        + """[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available"}]}""",
        "0/3 nodes")]
    public void A_pod_that_was_ended_from_outside_or_never_began_is_no_data(string status, string why)
    {
        GateAnswer answer = Read(Job(), PodWith(status));

        Assert.That(answer.Verdict, Is.Null);
        Assert.That(answer.Problem, Does.Contain(why));
    }

    [Test]
    public void A_pod_that_is_being_deleted_is_no_data()
    {
        Pod pod = Ended("""{"exitCode":143}""");
        pod.Metadata.DeletionTimestamp = Now;

        Assert.That(Read(Job(), pod).Problem, Does.Contain("deleted"));
    }

    [TestCase("Complete", "Completed")]
    [TestCase("Failed", "BackoffLimitExceeded")]
    public void A_Job_whose_pod_is_gone_is_no_data(string condition, string reason)
    {
        GateAnswer answer = Read(Job(condition, reason));

        Assert.That(answer.Verdict, Is.Null);
        Assert.That(answer.Problem, Does.Contain("its pod is gone"));
    }

    [Test]
    public void A_Job_out_of_time_is_no_data_and_says_what_kept_its_pod()
    {
        Job late = Job("Failed", "DeadlineExceeded");

        Assert.That(Read(late).Problem, Does.Contain("did not end within 60 seconds"));
        Assert.That(
            Read(late, Pod("""[{"name":"check","state":{"waiting":{"reason":"ImagePullBackOff","message":"no such image"}}}]""")).Problem,
            Does.Contain("no such image"));
        Assert.That(Read(late, Ended("""{"exitCode":143}""")).Verdict, Is.Null);
    }

    [Test]
    public void A_Job_that_gets_no_pod_says_so_after_a_while()
    {
        Assert.That(GateJobResult.Read(Job(), [], "check", Now.AddSeconds(9)).Problem, Is.Null);
        Assert.That(GateJobResult.Read(Job(), [], "check", Now.AddSeconds(10)).Problem, Does.Contain("has no pod"));
    }

    private static GateAnswer Read(Job? job, params Pod[] pods) => GateJobResult.Read(job, pods, "check", Now);

    private static Job Job(string? condition = null, string reason = "")
    {
        string conditions = condition is null ? "[]" : $$"""[{"type":"{{condition}}","status":"True","reason":"{{reason}}"}]""";
        return JsonSerializer.Deserialize(
            $$$"""{"metadata":{"name":"digits-7be02c11f4-approval","uid":"uid-job","creationTimestamp":"{{{Made}}}"}"""
            + $$$""","spec":{"activeDeadlineSeconds":60},"status":{"conditions":{{{conditions}}}}}""",
            EntityJsonContext.Default.Job)!;
    }

    private static Pod Ended(string terminated) => Pod($$$"""[{"name":"check","state":{"terminated":{{{terminated}}}}}]""");

    private static Pod Pod(string containers) => PodWith($$"""{"containerStatuses":{{containers}}}""");

    private static Pod PodWith(string status) => JsonSerializer.Deserialize(
        $$$"""{"metadata":{"name":"digits-7be02c11f4-approval-x","creationTimestamp":"{{{Made}}}"},"status":{{{status}}}}""",
        EntityJsonContext.Default.Pod)!;
}
