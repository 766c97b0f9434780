using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>
/// Holds a Lease, so that of several processes one works. Whether another's lease has expired is judged by how long this process has
/// seen it unchanged, never by the times written in it: clocks differ.
/// </summary>
public sealed class LeaderElector
{
    private readonly IKubernetesClient _client;
    private readonly OperatorSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EntityKey _key;

    // The lease as last seen to change, and when that was on our own clock.
    private (string? Holder, DateTimeOffset? Renewed, string? Version) _observed;
    private long _observedAt;
    private long _renewedAt; // Read by those who write, hence volatile.
    private bool _seen;
    private string? _reportedHolder;
    private volatile bool _leader;

    public LeaderElector(IKubernetesClient client, OperatorSettings settings, TimeProvider time, ILogger<LeaderElector> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.LeaderElectionRetryPeriod <= TimeSpan.Zero
            || settings.LeaderElectionRenewDeadline < settings.LeaderElectionRetryPeriod * 2
            || settings.LeaderElectionLeaseDuration <= settings.LeaderElectionRenewDeadline
            || settings.LeaderElectionLeaseDuration < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException(
                "A lease needs 0 < retry period, twice that <= renew deadline < lease duration of 1 s or more; "
                + $"got {settings.LeaderElectionRetryPeriod}, {settings.LeaderElectionRenewDeadline}, "
                + $"{settings.LeaderElectionLeaseDuration}.",
                nameof(settings));
        }

        (_client, _settings, _time, _logger) = (client, settings, time, logger);
        _key = new(settings.LeaderElectionNamespace, settings.Name);
    }

    /// <summary>This process holds the lease, as far as it knows.</summary>
    public bool IsLeader => _leader;

    /// <summary>
    /// This process holds the lease and is sure of it: nobody can have taken it since it was last renewed. False as well when the process
    /// was paused for that long and has not heard yet.
    /// </summary>
    public bool HoldsSurely => _leader && SinceRenewal < _settings.LeaderElectionRenewDeadline;

    /// <summary>What renews the lease has come to a halt: it neither renews nor gives up.</summary>
    internal bool IsStuck => _leader && SinceRenewal > _settings.LeaderElectionLeaseDuration * 2;

    private TimeSpan SinceRenewal => _time.GetElapsedTime(Volatile.Read(ref _renewedAt));

    /// <summary>Waits until this process holds the lease.</summary>
    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        _logger.LeaseWanted(_settings.Instance, _key);
        while (await TryAsync(cancellationToken) != LeaseState.Held)
        {
            // Jitter, so that candidates that started together do not collide for ever.
            await Task.Delay(_settings.LeaderElectionRetryPeriod * (1 + (0.2 * Random.Shared.NextDouble())), _time, cancellationToken);
        }

        _leader = true;
        _logger.LeaseAcquired(_settings.Instance, _key);
    }

    /// <summary>
    /// Renews until cancelled. Throws <see cref="LeadershipLostException"/> when another holds the lease or none could be reached for too
    /// long.
    /// </summary>
    public async Task HoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_settings.LeaderElectionRetryPeriod, _time, cancellationToken);
                var left = _settings.LeaderElectionRenewDeadline - SinceRenewal;
                var state = left > TimeSpan.Zero ? await TryAsync(cancellationToken, left) : LeaseState.Unknown;
                if (state == LeaseState.HeldByOther)
                {
                    throw new LeadershipLostException($"The lease {_key} was taken by {_observed.Holder}.");
                }

                if (state != LeaseState.Held && SinceRenewal >= _settings.LeaderElectionRenewDeadline)
                {
                    throw new LeadershipLostException(
                        $"The lease {_key} could not be renewed for {_settings.LeaderElectionRenewDeadline.TotalSeconds:0.#} s.");
                }
            }
        }
        catch (LeadershipLostException)
        {
            _leader = false;
            throw;
        }
    }

    /// <summary>
    /// Gives the lease up if the server has it as ours, so that another need not wait for it to expire. Only after all work has stopped.
    /// </summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        // Not to be trusted here: a request that was cancelled on its way may have got us the lease all the same.
        _leader = false;
        while (true)
        {
            try
            {
                if (await ReleaseOnceAsync(cancellationToken))
                {
                    _logger.LeaseReleased(_settings.Instance, _key);
                }

                return;
            }
            catch (KubernetesException e) when (e.IsConflict)
            {
                // A renewal that was cancelled on its way reached the server between our read and our write.
            }
        }
    }

    private async Task<bool> ReleaseOnceAsync(CancellationToken cancellationToken)
    {
        var lease = await _client.GetAsync(Resources.Leases, _settings.LeaderElectionNamespace, _settings.Name, cancellationToken);
        if (lease?.Spec.HolderIdentity != _settings.Instance)
        {
            return false;
        }

        lease.Spec = new()
        {
            LeaseDurationSeconds = 1,
            AcquireTime = _time.GetUtcNow(),
            RenewTime = _time.GetUtcNow(),
            LeaseTransitions = lease.Spec.LeaseTransitions,
        };
        await _client.UpdateAsync(Resources.Leases, lease, cancellationToken);
        return true;
    }

    private async Task<LeaseState> TryAsync(CancellationToken cancellationToken, TimeSpan? within = null)
    {
        // One hung connection must not use up the time for several attempts.
        var longest = _settings.LeaderElectionRenewDeadline / 2;
        using var timeout = new CancellationTokenSource(within < longest ? within.Value : longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // The lease counts from when the renewal was sent, not from when its answer came.
            var sent = _time.GetTimestamp();
            var state = await TryOnceAsync(either.Token);
            if (state == LeaseState.Held)
            {
                Volatile.Write(ref _renewedAt, sent);
            }

            return state;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (KubernetesException e) when (e.IsConflict)
        {
            // Somebody wrote between our read and our write: read again at the next attempt.
            return LeaseState.Unknown;
        }
#pragma warning disable CA1031 // Whatever keeps the lease out of reach, only the deadline decides that it is lost.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.LeaseFailed(_key, e);
            return LeaseState.Unknown;
        }
    }

    private async Task<LeaseState> TryOnceAsync(CancellationToken cancellationToken)
    {
        var lease = await _client.GetAsync(Resources.Leases, _settings.LeaderElectionNamespace, _settings.Name, cancellationToken);
        var now = _time.GetUtcNow();
        if (lease is null)
        {
            var created = new Lease
            {
                ApiVersion = Resources.Leases.ApiVersion,
                Kind = Resources.Leases.Kind,
                Metadata = { Namespace = _settings.LeaderElectionNamespace, Name = _settings.Name },
                Spec = NewSpec(now, now, transitions: 0),
            };
            Observe(await _client.CreateAsync(Resources.Leases, created, cancellationToken));
            return LeaseState.Held;
        }

        Observe(lease);
        // A leader that finds another's name has been replaced in the meantime, even if that one's lease has run out since.
        var mine = lease.Spec.HolderIdentity == _settings.Instance;
        if (!mine && (_leader ? !string.IsNullOrEmpty(lease.Spec.HolderIdentity) : IsValid(lease.Spec)))
        {
            return LeaseState.HeldByOther;
        }

        lease.Spec = mine
            ? NewSpec(lease.Spec.AcquireTime ?? now, now, lease.Spec.LeaseTransitions ?? 0)
            : NewSpec(now, now, (lease.Spec.LeaseTransitions ?? 0) + 1);
        Observe(await _client.UpdateAsync(Resources.Leases, lease, cancellationToken));
        return LeaseState.Held;
    }

    private LeaseSpec NewSpec(DateTimeOffset acquired, DateTimeOffset renewed, int transitions) => new()
    {
        HolderIdentity = _settings.Instance,
        LeaseDurationSeconds = (int)Math.Ceiling(_settings.LeaderElectionLeaseDuration.TotalSeconds),
        AcquireTime = acquired,
        RenewTime = renewed,
        LeaseTransitions = transitions,
    };

    private bool IsValid(LeaseSpec spec) =>
        !string.IsNullOrEmpty(spec.HolderIdentity)
        && _time.GetElapsedTime(_observedAt) < TimeSpan.FromSeconds(
            spec.LeaseDurationSeconds ?? (int)_settings.LeaderElectionLeaseDuration.TotalSeconds);

    private void Observe(Lease lease)
    {
        var record = (lease.Spec.HolderIdentity, lease.Spec.RenewTime, lease.Metadata.ResourceVersion);
        if (!_seen || record != _observed)
        {
            (_observed, _observedAt, _seen) = (record, _time.GetTimestamp(), true);
        }

        if (lease.Spec.HolderIdentity is { Length: > 0 } holder && holder != _reportedHolder)
        {
            _reportedHolder = holder;
            if (holder != _settings.Instance)
            {
                _logger.LeaseHeldByOther(_key, holder);
            }
        }
    }

    private enum LeaseState
    {
        Unknown,
        HeldByOther,
        Held,
    }
}
