using ModelOperator.Controller.Observe;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Tests.Observe;

[Parallelizable(ParallelScope.All)]
public sealed class PodFailuresTests
{
    private const string Told = """{"reason":"DigestMismatch","message":"the file has digest sha256:bb, the spec asks for sha256:aa"}""";

    [Test]
    public void What_the_runtime_says_when_it_ends_is_the_reason()
    {
        PodFailure? failure = PodFailures.Of(Init(new ContainerStatus { State = Ended(1, Told) }));

        Assert.That(failure, Is.EqualTo(new PodFailure("DigestMismatch", "the file has digest sha256:bb, the spec asks for sha256:aa")));
    }

    [Test]
    public void It_stays_the_reason_while_the_container_waits_or_runs_again()
    {
        PodFailure? waiting = PodFailures.Of(Init(new ContainerStatus
        {
            State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = "CrashLoopBackOff", Message = "back-off 40s" } },
            LastState = Ended(1, Told),
        }));
        PodFailure? running = PodFailures.Of(Init(new ContainerStatus
        {
            State = new ContainerState { Running = new ContainerStateRunning() },
            LastState = Ended(1, Told),
        }));

        Assert.That(waiting?.Reason, Is.EqualTo("DigestMismatch"));
        Assert.That(running, Is.EqualTo(waiting));
    }

    [TestCase("""{"reason":"not a reason","message":"x"}""")]
    [TestCase("""{"reason":5}""")]
    [TestCase("{")]
    [TestCase("""["DigestMismatch"]""")]
    [TestCase("""{"message":"no reason"}""")]
    public void Another_image_may_leave_anything_behind(string message)
    {
        PodFailure? failure = PodFailures.Of(Running(new ContainerStatus { State = Ended(2, "first line\n" + message) }));

        Assert.That(failure?.Reason, Is.EqualTo("ContainerCrashLoop"));
        Assert.That(failure!.Message, Is.EqualTo($"container runtime ended with exit code 2: {message}"));
    }

    [Test]
    public void A_container_that_used_too_much_memory_is_said_to_have_done_so()
    {
        PodFailure? failure = PodFailures.Of(Running(new ContainerStatus
        {
            State = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = 137, Reason = "OOMKilled" } },
        }));

        Assert.That(failure?.Message, Is.EqualTo("container runtime was killed for using more memory than its limit"));
    }

    [TestCase("ImagePullBackOff", "ImagePullFailed")]
    [TestCase("ErrImagePull", "ImagePullFailed")]
    [TestCase("InvalidImageName", "ImagePullFailed")]
    [TestCase("CreateContainerConfigError", "CreateContainerConfigError")]
    [TestCase("CrashLoopBackOff", "ContainerCrashLoop")]
    public void A_waiting_container_has_a_reason_and_its_message(string waiting, string reason)
    {
        PodFailure? failure = PodFailures.Of(Running(new ContainerStatus
        {
            Image = "registry.example/x:1",
            State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = waiting, Message = "the detail" } },
        }));

        Assert.That(failure?.Reason, Is.EqualTo(reason));
        Assert.That(failure!.Message, Does.EndWith(": the detail"));
    }

    [TestCase("ContainerCreating")]
    [TestCase("PodInitializing")]
    public void A_container_being_made_is_no_failure(string waiting) =>
        Assert.That(
            PodFailures.Of(Running(new ContainerStatus
            {
                State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = waiting } },
            })),
            Is.Null);

    [Test]
    public void An_init_container_that_has_done_its_work_is_no_failure() =>
        Assert.That(PodFailures.Of(Init(new ContainerStatus { State = Ended(0, null) })), Is.Null);

    [Test]
    public void A_cluster_without_a_free_GPU_is_said_to_be_one()
    {
        PodFailure? failure = PodFailures.Of(
            Unscheduled("0/3 nodes are available: 1 node(s) had taint {x: }, 2 Insufficient nvidia.com/gpu."));

        Assert.That(failure?.Reason, Is.EqualTo("Unschedulable"));
        Assert.That(failure!.Message, Does.StartWith("no node has enough free nvidia.com/gpu for a pod: add a node with a GPU"));
        Assert.That(failure.Message, Does.Contain("2 Insufficient nvidia.com/gpu"));
    }

    [TestCase("0/1 nodes are available: 1 Insufficient cpu.", "no node takes a pod: 0/1 nodes are available: 1 Insufficient cpu.")]
    [TestCase(null, "no node takes a pod: the scheduler gives no reason")]
    public void Other_reasons_not_to_be_placed_are_the_schedulers_words(string? scheduler, string expected) =>
        Assert.That(PodFailures.Of(Unscheduled(scheduler))?.Message, Is.EqualTo(expected));

    [Test]
    public void An_evicted_pod_says_why()
    {
        PodFailure? failure = PodFailures.Of(Pods.Inference("r1", pod =>
            pod.Status = new PodStatus { Phase = "Failed", Reason = "Evicted", Message = "The node was low on memory." }));

        Assert.That(failure, Is.EqualTo(new PodFailure("Evicted", "pod digits-r1-abcde failed: The node was low on memory.")));
    }

    [Test]
    public void A_ready_pod_and_one_on_its_way_out_have_not_failed()
    {
        Pod ready = Init(new ContainerStatus { State = Ended(1, Told) });
        Pods.MakeReady(ready);
        Pod leaving = Init(new ContainerStatus { State = Ended(1, Told) });
        leaving.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch;

        Assert.That(PodFailures.OfAny([ready, leaving]), Is.Null);
    }

    [Test]
    public void A_containers_failure_is_shown_before_one_of_placement()
    {
        Pod unscheduled = Unscheduled("1 Insufficient cpu");
        unscheduled.Metadata.Name = "a";
        Pod crashed = Init(new ContainerStatus { State = Ended(1, Told) });
        crashed.Metadata.Name = "b";

        Assert.That(PodFailures.OfAny([unscheduled, crashed])?.Reason, Is.EqualTo("DigestMismatch"));
        Assert.That(PodFailures.OfAny([unscheduled])?.Reason, Is.EqualTo("Unschedulable"));
    }

    [Test]
    public void A_long_message_is_cut_to_what_a_status_takes()
    {
        PodFailure? failure = PodFailures.Of(Init(new ContainerStatus { State = Ended(1, new string('x', 100_000)) }));

        Assert.That(failure!.Message, Has.Length.LessThanOrEqualTo(2048));
    }

    private static ContainerState Ended(int code, string? message) =>
        new()
        {
            Terminated = new ContainerStateTerminated
            {
                ExitCode = code,
                Message = message,
                Reason = code == 0 ? "Completed" : "Error",
            },
        };

    private static Pod Init(ContainerStatus container) => Pods.Inference("r1", pod =>
    {
        container.Name = "fetch";
        pod.Status!.InitContainerStatuses = [container];
    });

    private static Pod Running(ContainerStatus container) => Pods.Inference("r1", pod =>
    {
        container.Name = "runtime";
        pod.Status!.ContainerStatuses = [container];
    });

    private static Pod Unscheduled(string? message) => Pods.Inference("r1", pod =>
        pod.Status!.Conditions = [new Condition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = message! }]);
}
