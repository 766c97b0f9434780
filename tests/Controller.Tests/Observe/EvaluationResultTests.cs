using ModelOperator.Controller.Observe;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Observe;

[Parallelizable(ParallelScope.All)]
public sealed class EvaluationResultTests
{
    private const string Report =
        """{"rows":10,"totalRows":10,"canary":{"total":10,"bad":2},"stable":{"total":10,"bad":1}"""
        + ""","onlyCanaryWrong":2,"onlyStableWrong":1,"quantilePercent":95}""";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void No_pod_yet() => Assert.That(EvaluationResult.Read(Job(), []), Is.EqualTo(new EvaluationResult()));

    [Test]
    public void A_pod_that_runs_can_be_asked()
    {
        Pod pod = Pod("a", new ContainerState { Running = new ContainerStateRunning { StartedAt = Start } });

        Assert.That(EvaluationResult.Read(Job(), [pod]), Is.EqualTo(new EvaluationResult(Start, Running: pod)));
    }

    [Test]
    public void A_pod_that_ended_well_has_left_its_report()
    {
        EvaluationResult result = EvaluationResult.Read(Job(), [Pod("a", Ended(0, Report))]);

        Assert.That((result.StartedAt, result.EndedAt, result.Problem), Is.EqualTo((Start, Start.AddMinutes(1), (string?)null)));
        Assert.That((result.Report!.Rows, result.Report.Canary.Bad, result.Report.Stable!.Bad), Is.EqualTo((10, 2, 1)));
    }

    [Test]
    public void The_report_counts_whatever_other_pods_there_are()
    {
        EvaluationResult result = EvaluationResult.Read(
            Job(),
            [Pod("a", Ended(1, """{"reason":"RevisionUnreachable","message":"no answer"}""")), Pod("b", Ended(0, Report), minutes: 5)]);

        Assert.That(result.Report, Is.Not.Null);
    }

    [TestCase("DatasetInvalid")]
    [TestCase("DigestMismatch")]
    [TestCase("NoLabels")]
    public void A_fault_that_another_try_would_meet_too_ends_it_at_once(string reason)
    {
        EvaluationResult result = EvaluationResult.Read(Job(), [Pod("a", Ended(1, $$"""{"reason":"{{reason}}","message":"line 7"}"""))]);

        Assert.That((result.EndedAt, result.Problem), Is.EqualTo(((DateTimeOffset?)Start.AddMinutes(1), $"{reason}: line 7")));
    }

    [TestCase("""{"reason":"RevisionUnreachable","message":"no answer"}""", "RevisionUnreachable: no answer")]
    [TestCase("Killed", "Error: container evaluate ended with exit code 1")]
    public void A_fault_that_may_pass_waits_for_the_next_try(string message, string problem)
    {
        EvaluationResult result = EvaluationResult.Read(Job(), [Pod("a", Ended(1, message))]);

        Assert.That((result.EndedAt, result.Problem), Is.EqualTo(((DateTimeOffset?)null, problem)));
    }

    [Test]
    public void A_Job_that_gave_up_says_what_the_last_pod_said()
    {
        Job job = Job("Failed", "BackoffLimitExceeded");

        EvaluationResult result = EvaluationResult.Read(
            job, [Pod("a", Ended(1, "")), Pod("b", Ended(1, """{"reason":"RevisionUnreachable","message":"no answer"}"""), minutes: 5)]);

        Assert.That(
            (result.EndedAt, result.Problem),
            Is.EqualTo(((DateTimeOffset?)Start.AddHours(1), "its pod failed 2 times; the last try: RevisionUnreachable: no answer")));
    }

    [Test]
    public void A_Job_out_of_time_names_its_limit()
    {
        EvaluationResult result = EvaluationResult.Read(Job("Failed", "DeadlineExceeded"), []);

        Assert.That(result.Problem, Is.EqualTo("it did not end within 3600 seconds, its deadlineSeconds"));
    }

    [Test]
    public void A_result_that_is_gone_is_none()
    {
        EvaluationResult result = EvaluationResult.Read(Job("Complete", ""), []);

        Assert.That((result.Report, result.Problem), Is.EqualTo(((object?)null, "its pod has ended and is gone, and its result with it")));
    }

    [Test]
    public void What_keeps_a_pod_from_starting_is_told()
    {
        Pod pod = Pod("a", new ContainerState { Waiting = new ContainerStateWaiting { Reason = "ErrImagePull", Message = "not found" } });

        Assert.That(EvaluationResult.Read(Job(), [pod]).Problem, Does.StartWith("ImagePullFailed: ").And.Contains("not found"));
    }

    [TestCase("")]
    [TestCase("12 of 540 rows")]
    [TestCase("""{"rows":10}""")]
    [TestCase("""{"rows":10,"totalRows":10,"canary":null,"quantilePercent":95}""")]
    [TestCase("""{"rows":9,"totalRows":10,"canary":{"total":9,"bad":2},"quantilePercent":95}""")]
    [TestCase("""{"rows":10,"totalRows":10,"canary":{"total":10,"bad":12},"quantilePercent":95}""")]
    [TestCase("""{"rows":10,"totalRows":10,"canary":{"total":10,"bad":-1},"quantilePercent":95}""")]
    [TestCase("""{"rows":10,"totalRows":10,"canary":{"total":10,"bad":1,"slow":5,"answers":4},"quantilePercent":95}""")]
    [TestCase("""{"rows":10,"totalRows":10,"canary":{"total":10,"bad":2},"stable":{"total":11,"bad":1},"quantilePercent":95}""")]
    [TestCase(
        """{"rows":10,"totalRows":10,"canary":{"total":10,"bad":2},"stable":{"total":10,"bad":1}"""
        + ""","onlyCanaryWrong":3,"onlyStableWrong":1,"quantilePercent":95}""")]
    [TestCase(
        """{"rows":10,"totalRows":10,"canary":{"total":10,"bad":2},"stable":{"total":10,"bad":1}"""
        + ""","onlyCanaryWrong":1,"onlyStableWrong":1,"quantilePercent":95}""")]
    public void A_report_that_none_of_ours_would_give_decides_nothing(string message)
    {
        EvaluationResult result = EvaluationResult.Read(Job(), [Pod("a", Ended(0, message))]);

        Assert.That(result.Report, Is.Null);
        Assert.That((result.EndedAt, result.Problem), Is.Not.EqualTo(((DateTimeOffset?)null, (string?)null)));
        Assert.That(result.Problem, Does.StartWith("its result cannot be used: "));
    }

    private static Job Job(string? condition = null, string? reason = null) => new()
    {
        Metadata = new ObjectMeta { Name = "digits-v2-evaluation", CreationTimestamp = Start },
        Spec = new JobSpec { ActiveDeadlineSeconds = 3600 },
        Status = new JobStatus
        {
            Conditions = condition is null
                ? null
                : [new Condition { Type = condition, Status = "True", Reason = reason ?? "", LastTransitionTime = Start.AddHours(1) }],
        },
    };

    private static Pod Pod(string name, ContainerState state, int minutes = 0) => new()
    {
        Metadata = new ObjectMeta { Name = name, CreationTimestamp = Start.AddMinutes(minutes) },
        Status = new PodStatus
        {
            Phase = "Running",
            ContainerStatuses = [new ContainerStatus { Name = "evaluate", Image = "registry.example/x:1", State = state }],
        },
    };

    private static ContainerState Ended(int exitCode, string message) => new()
    {
        Terminated = new ContainerStateTerminated
        {
            ExitCode = exitCode,
            Reason = exitCode == 0 ? "Completed" : "Error",
            Message = message,
            StartedAt = Start,
            FinishedAt = Start.AddMinutes(1),
        },
    };
}
