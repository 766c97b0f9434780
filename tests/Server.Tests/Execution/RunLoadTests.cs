using FsCheck;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Execution;

public sealed class RunLoadTests
{
    private static readonly TimeSpan Narrow = TimeSpan.FromMilliseconds(74), Wide = TimeSpan.FromMilliseconds(43);
    private static readonly RunLoad Idle = new() { Places = 2, Running = 0, Waiting = 1 };

    [Test]
    public void A_request_alone_gets_all_threads() => Assert.That(Idle.Choose(Narrow, Wide), Is.EqualTo(StartChoice.AllThreads));

    [Test]
    public void Where_all_threads_are_no_faster_it_gets_one() => Assert.That(Idle.Choose(Wide, Narrow), Is.EqualTo(StartChoice.OneThread));

    [Test]
    public void Beside_a_run_on_all_threads_nothing_starts() =>
        Assert.That((Idle with { Running = 1, Wide = true, Waiting = 9 }).Choose(Narrow, Wide), Is.EqualTo(StartChoice.Later));

    [TestCase(30, true)]
    [TestCase(32, false)]
    public void Beside_a_run_on_one_thread_it_waits_for_all_threads_if_it_ends_sooner_so(int remaining, bool waits) => Assert.That(
        (Idle with { Running = 1, Remaining = TimeSpan.FromMilliseconds(remaining) }).Choose(Narrow, Wide), Is.EqualTo(waits ? StartChoice.Later : StartChoice.OneThread));

    [Test]
    public void When_others_wait_too_it_starts_beside_the_run_in_progress() =>
        Assert.That((Idle with { Running = 1, Waiting = 2 }).Choose(Narrow, Wide), Is.EqualTo(StartChoice.OneThread));

    [Test]
    public void One_that_found_no_place_takes_the_first_that_becomes_free() =>
        Assert.That((Idle with { Running = 1, Saturated = true }).Choose(Narrow, Wide), Is.EqualTo(StartChoice.OneThread));

    [Test]
    public void Where_each_waits_as_long_as_the_one_before_another_one_is_reckoned_with() =>
        Assert.That((Idle with { Persistent = true }).Choose(Narrow, Wide), Is.EqualTo(StartChoice.OneThread));

    [TestCase(7, true)]
    [TestCase(8, false)]
    public void Several_run_one_after_the_other_as_long_as_that_has_the_last_of_them_done_sooner(int waiting, bool all) => Assert.That(
        new RunLoad { Places = 16, Running = 0, Waiting = waiting }.Choose(Narrow, TimeSpan.FromMilliseconds(10)),
        Is.EqualTo(all ? StartChoice.AllThreads : StartChoice.OneThread));

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool A_request_that_may_start_is_never_started_in_the_way_that_ends_later(PositiveInt narrow, PositiveInt wide, NonNegativeInt remaining, byte running)
    {
        RunLoad load = new() { Places = 16, Running = running % 16, Waiting = 1, Remaining = TimeSpan.FromMilliseconds(remaining.Get) };
        StartChoice choice = load.Choose(TimeSpan.FromMilliseconds(narrow.Get), TimeSpan.FromMilliseconds(wide.Get));
        int throughAll = (load.Running == 0 ? 0 : remaining.Get) + wide.Get;
        return choice == StartChoice.OneThread ? narrow.Get <= throughAll : throughAll <= narrow.Get;
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Nothing_waits_but_for_the_end_of_a_run(PositiveInt narrow, PositiveInt wide, PositiveInt waiting, bool saturated, bool persistent) =>
        (Idle with { Waiting = waiting.Get, Saturated = saturated, Persistent = persistent })
        .Choose(TimeSpan.FromMilliseconds(narrow.Get), TimeSpan.FromMilliseconds(wide.Get)) != StartChoice.Later;
}
