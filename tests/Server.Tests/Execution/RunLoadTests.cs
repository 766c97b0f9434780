using FsCheck;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Execution;

public sealed class RunLoadTests
{
    private static readonly TimeSpan Narrow = TimeSpan.FromMilliseconds(74), Wide = TimeSpan.FromMilliseconds(43);
    private static readonly RunLoad Idle = new() { Places = 2, Running = 0, Waiting = 1, Lately = 0 };

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

    [TestCase(0)]
    [TestCase(1)]
    public void When_more_were_there_lately_than_all_threads_are_good_for_each_run_has_one(int running) =>
        Assert.That((Idle with { Running = running, Lately = 1.8 }).Choose(Narrow, Wide), Is.EqualTo(StartChoice.OneThread));

    [TestCase(7.3, true)]
    [TestCase(7.5, false)]
    public void All_threads_are_good_for_as_many_as_they_are_times_as_fast_as_one(double lately, bool all) => Assert.That(
        new RunLoad { Places = 16, Running = 0, Waiting = 20, Lately = lately }.Choose(Narrow, TimeSpan.FromMilliseconds(10)),
        Is.EqualTo(all ? StartChoice.AllThreads : StartChoice.OneThread));

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool A_request_that_may_start_is_never_started_in_the_way_that_ends_later(PositiveInt narrow, PositiveInt wide, NonNegativeInt remaining, byte running)
    {
        RunLoad load = new() { Places = 16, Running = running % 16, Waiting = 1, Lately = 1, Remaining = TimeSpan.FromMilliseconds(remaining.Get) };
        StartChoice choice = load.Choose(TimeSpan.FromMilliseconds(narrow.Get), TimeSpan.FromMilliseconds(wide.Get));
        int throughAll = (load.Running == 0 ? 0 : remaining.Get) + wide.Get;
        return choice == StartChoice.OneThread ? narrow.Get <= throughAll : throughAll <= narrow.Get;
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Nothing_waits_but_for_the_end_of_a_run(PositiveInt narrow, PositiveInt wide, PositiveInt waiting, NonNegativeInt lately) =>
        (Idle with { Waiting = waiting.Get, Lately = lately.Get })
        .Choose(TimeSpan.FromMilliseconds(narrow.Get), TimeSpan.FromMilliseconds(wide.Get)) != StartChoice.Later;
}
