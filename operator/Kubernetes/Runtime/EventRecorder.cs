using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using Polly;
using Polly.Retry;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>
/// Writes events.k8s.io/v1 events behind the callers' backs. The same event again becomes a series with a count, an object that
/// has too many new ones has the rest dropped, and a server that is slow or away costs events, never a reconcile.
/// </summary>
internal sealed class EventRecorder : IEventRecorder, IAsyncDisposable
{
    private readonly IKubernetesClient _client;
    private readonly EventRecorderOptions _options;
    private readonly TimeProvider _time;
    private readonly ControllerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Channel<ObservedEvent> _waiting;
    private readonly EventSeriesCache _series;
    private readonly Dictionary<(string Kind, EntityKey Key), TokenBucket> _buckets = [];
    private readonly ResiliencePipeline _retries;
    private int _disposed;
    private readonly CancellationTokenSource _abort = new();
    private readonly Task _run;
    private DateTimeOffset _lastName;

    public EventRecorder(
        IKubernetesClient client, EventRecorderOptions options, TimeProvider time, ControllerMetrics metrics, ILogger<EventRecorder> logger)
    {
        (_client, _options, _time, _metrics, _logger) = (client, options, time, metrics, logger);
        _series = new(options, time);
        _waiting = Channel.CreateBounded<ObservedEvent>(
            new BoundedChannelOptions(options.Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        _retries = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder()
                    .Handle<HttpRequestException>()
                    .Handle<TimeoutException>()
                    .Handle<KubernetesException>(
                        e => e.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError),
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromSeconds(1),
                UseJitter = true,
            })
            .Build();
        _run = Task.Run(RunAsync);
    }

    public void Record(KubernetesObject entity, string reason, string message, EventType type, string action)
    {
        ArgumentNullException.ThrowIfNull(entity);
        var key = new EventKey(
            EntityKey.Of(entity), entity.Kind, entity.Metadata.Uid, type, EventText.Word(reason), EventText.Word(action),
            EventText.Note(message));
        var regarding = new ObjectReference
        {
            ApiVersion = entity.ApiVersion,
            Kind = entity.Kind,
            Namespace = key.Involved.Namespace,
            Name = entity.Metadata.Name,
            Uid = entity.Metadata.Uid,
            ResourceVersion = entity.Metadata.ResourceVersion,
        };
        if (!_waiting.Writer.TryWrite(new(key, regarding, _time.GetUtcNow(), _time.GetTimestamp())))
        {
            _metrics.EventLost("full");
        }
    }

    /// <summary>Writes what waits, for as long as the token allows; nothing is recorded any more.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        try
        {
            await _run.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _logger.EventsNotFlushed();
        }
    }

    /// <summary>May be called twice: it is registered under two types, and the container disposes each.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        _waiting.Writer.TryComplete();
        await _abort.CancelAsync();
        await _run;
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await ReadOrTickAsync())
            {
                while (_waiting.Reader.TryRead(out var item))
                {
                    await WriteAsync(item);
                }

                await WriteSeriesAsync(all: false);
            }

            await WriteSeriesAsync(all: true);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // Disposed; what waits is lost, as the flush before had its time.
        }
    }

    /// <summary>True when there is an event or when a series may be due; false when nothing will come any more.</summary>
    private async Task<bool> ReadOrTickAsync()
    {
        var read = _waiting.Reader.WaitToReadAsync(_abort.Token).AsTask();
        while (!read.IsCompleted)
        {
            using var stopTick = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
            var tick = Task.Delay(_options.SeriesUpdatePeriod, _time, stopTick.Token);
            if (await Task.WhenAny(read, tick) == tick)
            {
                await WriteSeriesAsync(all: false);
            }

            await stopTick.CancelAsync();
        }

        return await read;
    }

    private async Task WriteAsync(ObservedEvent observed)
    {
        var key = observed.Key;
        if (_series.Count(key, observed.At, observed.Timestamp) is not null)
        {
            return;
        }

        if (!MayWrite(key))
        {
            _metrics.EventLost("rate");
            return;
        }

        var created = NewEvent(key, observed.Regarding, observed.At);
        if (await SendAsync(key, async token => await _client.CreateAsync(Resources.Events, created, token)))
        {
            _series.Remember(key, created, observed.Timestamp);
        }
    }

    private async Task WriteSeriesAsync(bool all)
    {
        foreach (var (key, series) in _series.Unwritten(all))
        {
            var count = series.Count;
            var patch = new JsonObject
            {
                ["series"] = new JsonObject
                {
                    ["count"] = count,
                    ["lastObservedTime"] = series.LastObserved.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
                },
            };
            var metadata = series.Written.Metadata;
            if (await SendAsync(key, async token =>
                await _client.MergePatchAsync(Resources.Events, metadata.Namespace, metadata.Name, patch.DeepClone().AsObject(), token)))
            {
                (series.WrittenCount, series.WrittenAt) = (count, _time.GetTimestamp());
            }
            else
            {
                // Expired on the server, or not to be written: the next one begins anew.
                _series.Forget(key);
            }
        }
    }

    private bool MayWrite(EventKey key)
    {
        var bucketKey = (key.Kind, key.Involved);
        if (!_buckets.TryGetValue(bucketKey, out var bucket))
        {
            // Forgetting them all at once hands out new bursts, at most one each time that many objects were seen.
            if (_buckets.Count >= _options.Remembered)
            {
                _buckets.Clear();
            }

            _buckets[bucketKey] = bucket = new(1 / _options.RefillPeriod.TotalSeconds, _options.Burst, _time);
        }

        return bucket.TryTake();
    }

    private Event NewEvent(EventKey key, ObjectReference regarding, DateTimeOffset at)
    {
        // Two events of one tick would have one name.
        _lastName = at > _lastName ? at : _lastName.AddTicks(1);
        return new()
        {
            ApiVersion = Resources.Events.ApiVersion,
            Kind = Resources.Events.Kind,
            Metadata = new()
            {
                // Where events of cluster-scoped objects may live on every version; before 1.21 "default" is refused.
                Namespace = key.Involved.Namespace ?? "kube-system",
                Name = EventText.Name(key.Involved.Name, _lastName),
            },
            EventTime = at,
            ReportingController = _options.Controller,
            ReportingInstance = EventText.Word(_options.Instance),
            Regarding = regarding,
            Type = key.Type.ToString(),
            Reason = key.Reason,
            Action = key.Action,
            Note = key.Note,
        };
    }

    private async Task<bool> SendAsync(EventKey key, Func<CancellationToken, ValueTask> send)
    {
        try
        {
            await _retries.ExecuteAsync(send, _abort.Token);
            return true;
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            throw;
        }
        catch (KubernetesException e) when (e.Reason == "AlreadyExists")
        {
            // Written by an attempt whose answer got lost.
            return true;
        }
        catch (KubernetesException e) when (e.IsNamespaceTerminating)
        {
            // Nobody will read it.
            _metrics.EventLost("namespace_terminating");
            return false;
        }
#pragma warning disable CA1031 // An event that cannot be written is lost; the next one is tried.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _metrics.EventLost("refused");
            _logger.EventLost(key.Reason, key.Kind, key.Involved, e);
            return false;
        }
    }

    /// <summary>What waits to be written. The timestamp measures the time between two of them; the clock may be set.</summary>
    private readonly record struct ObservedEvent(EventKey Key, ObjectReference Regarding, DateTimeOffset At, long Timestamp);
}
