using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Execution;

public sealed class CpuLayoutTests
{
    private static readonly ExecutionOptions Four = new() { Cpus = 4 };

    [Test]
    public void Short_runs_get_one_thread_each_and_never_wait_for_a_turn() =>
        Assert.That(Decide(Four, 0.004, 0.004, null, batches: false), Is.EqualTo(new CpuLayout(1, 8)));

    [Test]
    public void Long_runs_get_all_threads_while_there_are_few_of_them_and_one_when_there_are_many() =>
        Assert.That(Decide(Four, 60, 60, 17, batches: false), Is.EqualTo(new CpuLayout(1, 4, 4)));

    [Test]
    public void Batches_get_all_threads_and_run_one_after_the_other() =>
        Assert.That(Decide(Four, 10, 100, 30, batches: true), Is.EqualTo(new CpuLayout(4, 1)));

    [Test]
    public void Models_that_make_no_use_of_threads_get_one_for_each_run()
    {
        Assert.That(Decide(Four, 60, 60, 55, batches: false), Is.EqualTo(new CpuLayout(1, 4)));
        Assert.That(Decide(Four, 60, 60, 55, batches: true), Is.EqualTo(new CpuLayout(1, 4)));
    }

    [TestCase("100/17", "100/17", TestName = "Threads that help are believed at once")]
    [TestCase("100/69.9", "100/69.9", TestName = "Threads that help just enough are believed at once")]
    [TestCase("100/70 100/17", "100/17", TestName = "Threads that do not help are measured again")]
    [TestCase("100/90 100/80 100/17", "100/17", TestName = "Threads that help at last are believed")]
    [TestCase("100/90 180/95", "180/95", TestName = "Threads are held against one thread at the same time, when something slows both down")]
    [TestCase("100/90 100/71 100/80 100/90 100/90", "100/71", TestName = "Threads that never help are given up on after five measurements, of which the best counts")]
    public void Threads_are_given_up_on_only_when_they_do_not_help_several_times(string measurements, string best)
    {
        (TimeSpan Narrow, TimeSpan Wide)[] all = [.. measurements.Split(' ').Select(Pair)];
        Queue<TimeSpan> narrow = new(all.Skip(1).Select(m => m.Narrow)), wide = new(all.Select(m => m.Wide));

        (TimeSpan Narrow, TimeSpan Wide) measured = CpuLayout.MeasureWide(all[0].Narrow, narrow.Dequeue, wide.Dequeue);

        Assert.That(measured, Is.EqualTo(Pair(best)));
        Assert.That(narrow, Is.Empty);
        Assert.That(wide, Is.Empty);
        bool isWorth = measured.Wide < 0.7 * measured.Narrow;
        Assert.That(CpuLayout.Decide(Four, measured.Narrow, measured.Narrow, measured.Wide, batches: false).WideThreads, Is.EqualTo(isWorth ? 4 : 0));
    }

    [Test]
    public void What_the_user_says_holds_and_the_rest_follows_from_it()
    {
        Assert.That(Decide(Four with { Threads = 2 }, 60, 60, null, batches: false), Is.EqualTo(new CpuLayout(2, 2)));
        Assert.That(Decide(Four with { Instances = 2 }, 60, 60, null, batches: false), Is.EqualTo(new CpuLayout(2, 2)));
        Assert.That(Decide(Four with { Threads = 3, Instances = 5 }, 60, 60, null, batches: true), Is.EqualTo(new CpuLayout(3, 5)));
        Assert.That(CpuLayout.MayWiden(Four with { Threads = 2 }, TimeSpan.FromSeconds(1)), Is.False);
    }

    private static (TimeSpan Narrow, TimeSpan Wide) Pair(string text)
    {
        double[] pair = [.. text.Split('/').Select(m => double.Parse(m, System.Globalization.CultureInfo.InvariantCulture))];
        return (TimeSpan.FromMilliseconds(pair[0]), TimeSpan.FromMilliseconds(pair[1]));
    }

    private static CpuLayout Decide(ExecutionOptions options, double single, double narrow, double? wide, bool batches) => CpuLayout.Decide(
        options, TimeSpan.FromMilliseconds(single), TimeSpan.FromMilliseconds(narrow), wide is { } w ? TimeSpan.FromMilliseconds(w) : null, batches);
}
