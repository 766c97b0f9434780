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

    [TestCase("17", 17, 1, TestName = "Threads that help are believed at once")]
    [TestCase("69.9", 69.9, 1, TestName = "Threads that help just enough are believed at once")]
    [TestCase("70 17", 17, 2, TestName = "Threads that do not help are measured again")]
    [TestCase("90 80 17", 17, 3, TestName = "Threads that help at last are believed")]
    [TestCase("90 71 80 17", 71, 3, TestName = "Threads that never help are given up on after three measurements, of which the best counts")]
    public void Threads_are_given_up_on_only_when_they_do_not_help_several_times(string measurements, double least, int made)
    {
        Queue<TimeSpan> left = new(measurements.Split(' ').Select(m => TimeSpan.FromMilliseconds(double.Parse(m, System.Globalization.CultureInfo.InvariantCulture))));
        int all = left.Count;

        TimeSpan wide = CpuLayout.MeasureWide(TimeSpan.FromMilliseconds(100), left.Dequeue);

        Assert.That((wide, all - left.Count), Is.EqualTo((TimeSpan.FromMilliseconds(least), made)));
        Assert.That(CpuLayout.Decide(Four, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100), wide, batches: false).WideThreads, Is.EqualTo(least < 70 ? 4 : 0));
    }

    [Test]
    public void What_the_user_says_holds_and_the_rest_follows_from_it()
    {
        Assert.That(Decide(Four with { Threads = 2 }, 60, 60, null, batches: false), Is.EqualTo(new CpuLayout(2, 2)));
        Assert.That(Decide(Four with { Instances = 2 }, 60, 60, null, batches: false), Is.EqualTo(new CpuLayout(2, 2)));
        Assert.That(Decide(Four with { Threads = 3, Instances = 5 }, 60, 60, null, batches: true), Is.EqualTo(new CpuLayout(3, 5)));
        Assert.That(CpuLayout.MayWiden(Four with { Threads = 2 }, TimeSpan.FromSeconds(1)), Is.False);
    }

    private static CpuLayout Decide(ExecutionOptions options, double single, double narrow, double? wide, bool batches) => CpuLayout.Decide(
        options, TimeSpan.FromMilliseconds(single), TimeSpan.FromMilliseconds(narrow), wide is { } w ? TimeSpan.FromMilliseconds(w) : null, batches);
}
