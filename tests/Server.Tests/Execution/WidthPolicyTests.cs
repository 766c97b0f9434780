using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Execution;

public sealed class WidthPolicyTests
{
    private const double Narrow = 74, Wide = 43;

    [Test]
    public void Requests_that_seldom_meet_have_all_threads_soon_again_after_some_that_met()
    {
        SimulatedCpus cpus = new(2, Narrow, Wide);
        for (int i = 0; i < 4; i++)
        {
            cpus.Arrive();
        }

        for (int i = 1; i <= 40; i++)
        {
            cpus.GoTo(53 * i);
            cpus.Arrive();
        }

        cpus.GoTo(3000);
        Assert.That(cpus.Took, Has.Count.EqualTo(44));
        Assert.That(cpus.Took.Skip(20), Is.All.EqualTo(Wide).Within(0.01));
    }

    [Test]
    public void More_than_runs_on_all_threads_can_do_is_done_on_one_each()
    {
        SimulatedCpus cpus = new(2, Narrow, Wide);
        for (int i = 0; i < 200; i++)
        {
            cpus.GoTo(40 * i);
            cpus.Arrive();
        }

        cpus.GoTo(10_000);
        Assert.That(cpus.Took, Has.Count.EqualTo(200));
        Assert.That(cpus.Took.Skip(50).Max(), Is.LessThan(Narrow * 1.3));
        Assert.That(cpus.Starts.Skip(50), Is.All.EqualTo(StartChoice.OneThread));
    }

    [TestCase(2, 8, 2 / Narrow)]
    [TestCase(2, 3, 2 / Narrow)]
    [TestCase(4, 32, 4 / Narrow)]
    public void Clients_that_keep_all_places_taken_get_the_most_answers(int places, int clients, double perMillisecond)
    {
        SimulatedCpus cpus = new(places, Narrow, Wide);
        for (int i = 0; i < clients; i++)
        {
            cpus.GoTo(i);
            cpus.Arrive();
        }

        cpus.GoTo(10_000, () => cpus.Arrive());
        Assert.That(cpus.Took.Count / 10_000.0, Is.EqualTo(perMillisecond).Within(2).Percent);
    }

    [Test]
    public void A_client_who_waits_for_each_answer_has_all_threads()
    {
        SimulatedCpus cpus = new(4, Narrow, Wide);
        cpus.Arrive();
        cpus.GoTo(1000, () => cpus.Arrive());

        Assert.That(cpus.Starts, Is.All.EqualTo(StartChoice.AllThreads));
    }

    [Test]
    public void Nobody_waits_for_ever_for_a_run_that_takes_far_longer_than_expected()
    {
        SimulatedCpus cpus = new(2, Narrow, Wide);
        cpus.Arrive(longer: 1000);
        cpus.GoTo(10);
        cpus.Arrive();
        Assert.That(cpus.Running, Is.EqualTo(1));

        Assert.That(cpus.Again, Is.EqualTo(Wide * 2).Within(0.001));
        cpus.GoTo(Wide * 2 + 2);
        Assert.That(cpus.Starts, Is.EqualTo(new[] { StartChoice.AllThreads, StartChoice.OneThread }));
    }

    [Test]
    public void After_something_else_has_used_the_CPUs_a_request_alone_gets_all_threads_again()
    {
        SimulatedCpus cpus = new(2, Narrow, Wide);
        for (int i = 0; i < 20; i++)
        {
            cpus.Arrive(longer: 3);
            cpus.GoTo(cpus.Now + 1000);
        }

        Assert.That(cpus.Starts, Does.Contain(StartChoice.OneThread));
        for (int i = 0; i < 100; i++)
        {
            cpus.Arrive();
            cpus.GoTo(cpus.Now + 1000);
        }

        Assert.That(cpus.Starts.TakeLast(20), Is.All.EqualTo(StartChoice.AllThreads));
    }

    [Test]
    public void What_runs_are_expected_to_take_follows_what_they_took()
    {
        RunEstimate estimate = new(TimeSpan.FromMilliseconds(10));
        for (int i = 0; i < 50; i++)
        {
            estimate.Took(TimeSpan.FromMilliseconds(20));
        }

        Assert.That(estimate.Expected.TotalMilliseconds, Is.EqualTo(20).Within(0.1));
        Assert.That(estimate.Remaining(TimeSpan.FromMilliseconds(5)).TotalMilliseconds, Is.EqualTo(15).Within(0.1));
        Assert.That(estimate.Remaining(TimeSpan.FromMilliseconds(22)), Is.EqualTo(TimeSpan.Zero));
        Assert.That(estimate.Remaining(TimeSpan.FromMilliseconds(60)), Is.EqualTo(TimeSpan.MaxValue));
    }

    [Test]
    public void One_run_of_unusual_inputs_changes_little_of_what_is_expected()
    {
        RunEstimate estimate = new(TimeSpan.FromMilliseconds(10));
        estimate.Took(TimeSpan.FromSeconds(60));

        Assert.That(estimate.Expected, Is.LessThan(TimeSpan.FromMilliseconds(12)));
    }
}
