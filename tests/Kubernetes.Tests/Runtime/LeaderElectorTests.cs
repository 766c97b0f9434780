using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LeaderElectorTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly ManualTimeProvider _time = new();
    private readonly FakeApi _api = new();

    [Test]
    public async Task The_first_one_makes_the_lease_and_holds_it()
    {
        var elector = New("a");

        await elector.AcquireAsync(CancellationToken.None);

        Assert.That(elector.IsLeader, Is.True);
        var spec = (await LeaseAsync())!.Spec;
        Assert.That((spec.HolderIdentity, spec.LeaseDurationSeconds, spec.LeaseTransitions), Is.EqualTo(("a", 15, 0)));
    }

    [Test]
    public async Task A_holder_that_was_paused_for_as_long_as_it_may_go_unrenewed_is_not_sure_to_hold_the_lease()
    {
        var elector = New("a");
        Assert.That(elector.HoldsSurely, Is.False);
        await elector.AcquireAsync(CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.That(elector.HoldsSurely, Is.True);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That((elector.IsLeader, elector.HoldsSurely), Is.EqualTo((true, false)), "it has not heard yet that it may be another's");
        Assert.That(elector.IsStuck, Is.False);
        _time.Advance(TimeSpan.FromSeconds(21));
        Assert.That(elector.IsStuck, Is.True);
    }

    [Test]
    public async Task A_lease_that_is_renewed_is_not_taken()
    {
        using var stop = new CancellationTokenSource();
        var holder = New("a");
        await holder.AcquireAsync(CancellationToken.None);
        var hold = holder.HoldAsync(stop.Token);
        var other = New("b");
        var acquire = other.AcquireAsync(stop.Token);

        await AdvanceAsync(TimeSpan.FromMinutes(1), hold, acquire);

        Assert.That(other.IsLeader, Is.False);
        Assert.That(hold.IsCompleted, Is.False);
        await stop.CancelAsync();
        Assert.That(async () => await acquire, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await hold, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_lease_nobody_renews_is_taken_once_it_was_seen_unchanged_for_its_duration()
    {
        await New("a").AcquireAsync(CancellationToken.None);
        // By its own times the lease ran out long ago; by what this process has seen, it has not.
        _time.Advance(TimeSpan.FromDays(1));
        var other = New("b");
        var acquire = other.AcquireAsync(CancellationToken.None);

        await AdvanceAsync(TimeSpan.FromSeconds(14), acquire);
        Assert.That(other.IsLeader, Is.False);
        await AdvanceAsync(TimeSpan.FromSeconds(4), acquire);
        await acquire;

        var spec = (await LeaseAsync())!.Spec;
        Assert.That((spec.HolderIdentity, spec.LeaseTransitions), Is.EqualTo(("b", 1)));
    }

    [Test]
    public async Task A_server_that_is_away_for_less_than_the_renew_deadline_costs_nothing()
    {
        using var stop = new CancellationTokenSource();
        var elector = New("a");
        await elector.AcquireAsync(CancellationToken.None);
        var hold = elector.HoldAsync(stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(5), hold);
        _api.Before = (_, _) => throw new HttpRequestException("away");
        await AdvanceAsync(TimeSpan.FromSeconds(5), hold);
        _api.Before = (_, _) => Task.CompletedTask;
        await AdvanceAsync(TimeSpan.FromSeconds(30), hold);

        Assert.That(elector.IsLeader, Is.True);
        Assert.That(hold.IsCompleted, Is.False);
        await stop.CancelAsync();
        Assert.That(async () => await hold, Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_lease_that_cannot_be_renewed_is_lost_at_the_deadline_and_before_another_can_take_it(bool hangs)
    {
        var elector = New("a");
        await elector.AcquireAsync(CancellationToken.None);
        var hold = elector.HoldAsync(CancellationToken.None);
        _api.Before = (_, token) => hangs ? Task.Delay(Timeout.InfiniteTimeSpan, token) : throw new HttpRequestException("away");
        var started = _time.GetUtcNow();

        await AdvanceAsync(TimeSpan.FromMinutes(1), hold);

        Assert.That(async () => await hold, Throws.InstanceOf<LeadershipLostException>());
        Assert.That(elector.IsLeader, Is.False);
        Assert.That(_time.GetUtcNow() - started, Is.InRange(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(13)));
    }

    [Test]
    public async Task A_lease_found_in_anothers_hands_is_lost_at_once_even_when_that_one_has_run_out()
    {
        var elector = New("a");
        await elector.AcquireAsync(CancellationToken.None);
        var hold = elector.HoldAsync(CancellationToken.None);
        var lease = (await LeaseAsync())!;
        lease.Spec = new() { HolderIdentity = "b", LeaseDurationSeconds = 0 };
        await _api.UpdateAsync(Resources.Leases, lease, CancellationToken.None);

        await AdvanceAsync(TimeSpan.FromSeconds(3), hold);

        Assert.That(async () => await hold, Throws.InstanceOf<LeadershipLostException>().With.Message.Contains("b"));
    }

    [Test]
    public async Task A_released_lease_is_free_for_the_next_at_once()
    {
        var first = New("a");
        await first.AcquireAsync(CancellationToken.None);

        await first.ReleaseAsync(CancellationToken.None);
        var second = New("b");
        await second.AcquireAsync(CancellationToken.None);

        Assert.That((first.IsLeader, second.IsLeader), Is.EqualTo((false, true)));
        Assert.That((await LeaseAsync())!.Spec.LeaseTransitions, Is.EqualTo(1));
    }

    [Test]
    public async Task A_renewal_that_arrives_late_does_not_keep_the_lease_from_being_released()
    {
        var elector = New("a");
        await elector.AcquireAsync(CancellationToken.None);
        var late = (await LeaseAsync())!;
        _api.Before = async (verb, _) =>
        {
            if (verb == "replace")
            {
                _api.Before = (_, _) => Task.CompletedTask;
                await _api.UpdateAsync(Resources.Leases, late, CancellationToken.None);
            }
        };

        await elector.ReleaseAsync(CancellationToken.None);

        Assert.That((await LeaseAsync())!.Spec.HolderIdentity, Is.Null);
    }

    [Test]
    public async Task A_lease_got_by_a_request_that_was_cancelled_is_released_too()
    {
        using var stop = new CancellationTokenSource();
        var elector = New("a");
        _api.AfterCreate = async () =>
        {
            await stop.CancelAsync();
            throw new OperationCanceledException(stop.Token);
        };
        Assert.That(async () => await elector.AcquireAsync(stop.Token), Throws.InstanceOf<OperationCanceledException>());

        await elector.ReleaseAsync(CancellationToken.None);

        Assert.That((await LeaseAsync())!.Spec.HolderIdentity, Is.Null);
    }

    [Test]
    public async Task A_lease_another_took_is_not_released()
    {
        var elector = New("a");
        await elector.AcquireAsync(CancellationToken.None);
        var lease = (await LeaseAsync())!;
        lease.Spec.HolderIdentity = "b";
        await _api.UpdateAsync(Resources.Leases, lease, CancellationToken.None);

        await elector.ReleaseAsync(CancellationToken.None);

        Assert.That((await LeaseAsync())!.Spec.HolderIdentity, Is.EqualTo("b"));
    }

    [Test]
    public async Task Of_many_that_start_together_one_holds_the_lease()
    {
        using var stop = new CancellationTokenSource();
        _api.Before = async (_, _) => await Task.Yield();
        var electors = Enumerable.Range(0, 10).Select(i => New($"{i}")).ToList();
        var acquiring = electors.Select(e => Task.Run(() => e.AcquireAsync(stop.Token), CancellationToken.None)).ToList();

        await Eventually.TrueAsync(() => electors.Count(e => e.IsLeader) == 1, "one leads");
        await stop.CancelAsync();
        await Task.WhenAll(acquiring).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        Assert.That(electors.Count(e => e.IsLeader), Is.EqualTo(1));
    }

    [Test]
    public void Durations_that_would_allow_two_leaders_are_refused() =>
        Assert.That(
            () => new LeaderElector(
                _api, Settings("a") with { LeaderElectionLeaseDuration = TimeSpan.FromSeconds(10) }, _time,
                NullLogger<LeaderElector>.Instance),
            Throws.ArgumentException.With.Message.Contains("renew deadline"));

    private LeaderElector New(string identity) => new(_api, Settings(identity), _time, NullLogger<LeaderElector>.Instance);

    private static OperatorSettings Settings(string instance) =>
        new() { Name = "lease", Instance = instance, LeaderElectionNamespace = "ns" };

    private Task<Lease?> LeaseAsync() => _api.GetAsync(Resources.Leases, "ns", "lease", CancellationToken.None);

    /// <summary>Moves the clock on step by step, each when all of the loops wait for it, so that a slow machine changes nothing.</summary>
    private async Task AdvanceAsync(TimeSpan by, params Task[] loops)
    {
        var end = _time.GetUtcNow() + by;
        while (_time.GetUtcNow() < end && !loops.All(l => l.IsCompleted))
        {
            await Eventually.TrueAsync(() => _time.PendingTimers >= loops.Count(l => !l.IsCompleted), "all wait for the clock");
            _time.Advance(Step);
        }
    }
}
