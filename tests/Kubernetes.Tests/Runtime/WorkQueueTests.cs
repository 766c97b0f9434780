using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WorkQueueTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task A_key_added_twice_waits_once()
    {
        await using var queue = new WorkQueue<string>(_time);
        queue.Add("a");
        queue.Add("a");

        Assert.That(queue.Depth, Is.EqualTo(1));
    }

    [Test]
    public async Task A_key_added_while_worked_on_waits_until_its_worker_is_done()
    {
        await using var queue = new WorkQueue<string>(_time);
        queue.Add("a");
        await queue.TakeAsync(CancellationToken.None);
        queue.Add("a");
        queue.Add("a");
        Assert.That(queue.Depth, Is.Zero);

        queue.Done("a");

        Assert.That(queue.Depth, Is.EqualTo(1));
        Assert.That(await queue.TakeAsync(CancellationToken.None), Is.EqualTo((true, "a")));
        queue.Done("a");
        Assert.That(queue.Depth, Is.Zero);
    }

    [Test]
    public async Task Keys_come_in_the_order_they_were_added()
    {
        await using var queue = new WorkQueue<string>(_time);
        queue.Add("b");
        queue.Add("a");
        queue.Add("b");

        Assert.That((await queue.TakeAsync(CancellationToken.None)).Key, Is.EqualTo("b"));
        Assert.That((await queue.TakeAsync(CancellationToken.None)).Key, Is.EqualTo("a"));
    }

    [Test]
    public async Task A_worker_that_waits_gets_the_next_key()
    {
        await using var queue = new WorkQueue<string>(_time);
        var take = queue.TakeAsync(CancellationToken.None);
        Assert.That(take.IsCompleted, Is.False);

        queue.Add("a");

        Assert.That(await take, Is.EqualTo((true, "a")));
    }

    [Test]
    public async Task A_delayed_key_comes_when_its_time_has_come_and_not_before()
    {
        await using var queue = new WorkQueue<string>(_time);
        queue.AddAfter("a", TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.That(queue.Depth, Is.Zero);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(queue.Depth, Is.EqualTo(1));
    }

    [TestCase(5, 2)]
    [TestCase(2, 5)]
    public async Task Of_two_delays_the_earlier_wins_and_the_later_does_not_come_too(int first, int second)
    {
        await using var queue = new WorkQueue<string>(_time);
        queue.AddAfter("a", TimeSpan.FromSeconds(first));
        queue.AddAfter("a", TimeSpan.FromSeconds(second));

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(queue.Depth, Is.EqualTo(1));
        await queue.TakeAsync(CancellationToken.None);
        queue.Done("a");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(queue.Depth, Is.Zero);
    }

    [Test]
    public async Task A_key_that_fails_waits_five_milliseconds_and_twice_as_long_each_time()
    {
        await using var queue = new WorkQueue<string>(_time);
        foreach (var wait in new[] { 5, 10, 20, 40, 80 })
        {
            queue.AddRateLimited("a");
            _time.Advance(TimeSpan.FromMilliseconds(wait - 1));
            Assert.That(queue.Depth, Is.Zero, $"before {wait} ms");
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.That(queue.Depth, Is.EqualTo(1), $"after {wait} ms");
            await queue.TakeAsync(CancellationToken.None);
            queue.Done("a");
        }
    }

    [Test]
    public async Task A_key_that_fails_for_ever_is_tried_every_half_minute()
    {
        await using var queue = new WorkQueue<string>(_time);
        for (var i = 0; i < 2000; i++)
        {
            queue.AddRateLimited("a");
            _time.Advance(TimeSpan.FromSeconds(30));
            Assert.That(queue.Depth, Is.EqualTo(1));
            await queue.TakeAsync(CancellationToken.None);
            queue.Done("a");
        }
    }

    [Test]
    public async Task A_forgotten_key_starts_again_at_five_milliseconds()
    {
        await using var queue = new WorkQueue<string>(_time);
        for (var i = 0; i < 10; i++)
        {
            queue.AddRateLimited("a");
        }

        _time.Advance(TimeSpan.FromHours(1));
        await queue.TakeAsync(CancellationToken.None);
        queue.Done("a");
        queue.Forget("a");
        queue.AddRateLimited("a");
        _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.That(queue.Depth, Is.EqualTo(1));
    }

    [Test]
    public async Task Many_keys_that_fail_at_once_come_a_hundred_at_once_and_then_ten_a_second()
    {
        await using var queue = new WorkQueue<int>(_time);
        for (var i = 0; i < 150; i++)
        {
            queue.AddRateLimited(i);
        }

        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.That(queue.Depth, Is.EqualTo(100));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(queue.Depth, Is.EqualTo(110));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.That(queue.Depth, Is.EqualTo(150));
    }

    [Test]
    public async Task However_many_keys_fail_none_waits_longer_than_half_a_minute()
    {
        await using var queue = new WorkQueue<int>(_time);
        for (var i = 0; i < 5000; i++)
        {
            queue.AddRateLimited(i);
        }

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.That(queue.Depth, Is.EqualTo(5000));
    }

    [Test]
    public async Task A_shut_down_queue_hands_out_nothing_takes_nothing_and_waits_for_the_keys_in_work()
    {
        await using var queue = new WorkQueue<string>(_time);
        queue.Add("a");
        await queue.TakeAsync(CancellationToken.None);
        queue.Add("b");
        queue.AddAfter("c", TimeSpan.FromSeconds(1));

        var drained = queue.ShutDownAsync(CancellationToken.None);
        queue.Add("d");
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.That((await queue.TakeAsync(CancellationToken.None)).Taken, Is.False);
        Assert.That(drained.IsCompleted, Is.False);
        queue.Done("a");
        await drained;
    }

    [Test]
    public async Task Shutting_down_wakes_workers_that_wait()
    {
        await using var queue = new WorkQueue<string>(_time);
        var take = queue.TakeAsync(CancellationToken.None);

        await queue.ShutDownAsync(CancellationToken.None);

        Assert.That((await take).Taken, Is.False);
    }
}
