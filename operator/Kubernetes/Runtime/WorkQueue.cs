using System.Threading.Channels;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>
/// Keys that need work. A key waits at most once however often it is added, is handed to one worker at a time, and waits again
/// when it was added while being worked on.
/// </summary>
public sealed class WorkQueue<TKey> : IAsyncDisposable
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();

    // Every key that needs work, and every key a worker holds. A key in both is handed out again once its worker is done.
    private readonly HashSet<TKey> _dirty = [];
    private readonly HashSet<TKey> _processing = [];
    private readonly RetryDelays<TKey> _retries;
    private readonly DelayedKeys<TKey> _delayed;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _shutDown;

    public WorkQueue(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _retries = new(time);
        _delayed = new(time);
        _timer = time.CreateTimer(_ => AddDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that wait for a worker.</summary>
    public int Depth => _ready.Reader.Count;

    /// <summary>No key waits or is worked on; some may be delayed.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _dirty.Count == 0 && _processing.Count == 0;
            }
        }
    }

    /// <summary>Adds a key, unless it waits already.</summary>
    public void Add(TKey key)
    {
        lock (_lock)
        {
            AddLocked(key);
        }
    }

    /// <summary>Adds a key after a while. Of several delays of one key the earliest wins.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        lock (_lock)
        {
            if (delay <= TimeSpan.Zero)
            {
                AddLocked(key);
            }
            else if (!_shutDown && _delayed.Add(key, delay))
            {
                SetTimer();
            }
        }
    }

    /// <summary>Adds a key that failed, after a delay that grows with each failure in a row.</summary>
    public void AddRateLimited(TKey key)
    {
        lock (_lock)
        {
            if (!_shutDown && _delayed.Add(key, _retries.Next(key)))
            {
                SetTimer();
            }
        }
    }

    /// <summary>Forgets the failures of a key.</summary>
    public void Forget(TKey key)
    {
        lock (_lock)
        {
            _retries.Forget(key);
        }
    }

    /// <summary>Waits for a key; <see cref="Done"/> must follow. False once the queue is shut down.</summary>
    public async ValueTask<(bool Taken, TKey Key)> TakeAsync(CancellationToken cancellationToken)
    {
        while (await _ready.Reader.WaitToReadAsync(cancellationToken))
        {
            lock (_lock)
            {
                if (_shutDown)
                {
                    break;
                }

                if (_ready.Reader.TryRead(out var key))
                {
                    _dirty.Remove(key);
                    _processing.Add(key);
                    return (true, key);
                }
            }
        }

        return default;
    }

    /// <summary>The worker is done with a key it took.</summary>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            if (_processing.Remove(key) && _dirty.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }

            if (_shutDown && _processing.Count == 0)
            {
                _drained.TrySetResult();
            }
        }
    }

    /// <summary>
    /// Takes and hands out nothing more, and waits until the workers are done with the keys they hold. Keys that wait are dropped:
    /// whoever starts next reads the whole world anyway.
    /// </summary>
    public Task ShutDownAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _shutDown = true;
            _ready.Writer.TryComplete();
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_processing.Count == 0)
            {
                _drained.TrySetResult();
            }
        }

        return _drained.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _shutDown = true;
            _ready.Writer.TryComplete();
        }

        await _timer.DisposeAsync();
    }

    private void AddLocked(TKey key)
    {
        if (!_shutDown && _dirty.Add(key) && !_processing.Contains(key))
        {
            _ready.Writer.TryWrite(key);
        }
    }

    private void AddDue()
    {
        lock (_lock)
        {
            while (_delayed.TryTakeDue(out var key))
            {
                AddLocked(key);
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (!_shutDown && _delayed.UntilNext() is { } wait)
        {
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}
