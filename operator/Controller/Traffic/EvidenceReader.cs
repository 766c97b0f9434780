using System.Collections.Concurrent;
using System.Text.Json;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using Polly.Timeout;

namespace ModelOperator.Controller.Traffic;

/// <summary>
/// Asks router pods what they saw of a model. A router that gives no good answer, or one that may not be its own, gives null: no data,
/// never a decision.
/// </summary>
internal sealed class EvidenceReader : IDisposable
{
    private const int MostRemembered = 10_000;

    // A router that stays silent is news once.
    private readonly ConcurrentDictionary<string, bool> _silent = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading;
    private readonly PodHttp _http;
    private readonly RouterKeys _keys;
    private readonly EvidenceOptions _options;
    private readonly ControllerMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<EvidenceReader> _logger;

    public EvidenceReader(
        EvidenceOptions options, RouterKeys keys, ControllerMetrics metrics, TimeProvider timeProvider, ILogger<EvidenceReader> logger)
    {
        (_options, _keys, _metrics, _timeProvider, _logger) = (options, keys, metrics, timeProvider, logger);
        _reading = new SemaphoreSlim(options.ReadsAtATime);
        _http = new PodHttp(options, options.LargestAnswer, timeProvider);
    }

    /// <summary>One router's closed ticks from <paramref name="since"/> on.</summary>
    public async Task<EvidenceReport?> ReadAsync(Pod router, string model, long since, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await ReadOneAsync(router, model, since, cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _reading.Dispose();
    }

    private async Task<EvidenceReport?> ReadOneAsync(Pod router, string model, long since, CancellationToken cancellationToken)
    {
        try
        {
            if (await _keys.OfAsync(router.Metadata.Namespace!, cancellationToken) is not { } keys)
            {
                return NoReport(router, model, "its namespace has no keys yet");
            }

            byte[] body = await _http.GetAsync(
                router, _options.Port, $"/v1/models/{Uri.EscapeDataString(model)}/ticks", $"since={since}", cancellationToken,
                request => RouterProof.Ask(request, router.Metadata.Name, keys, _timeProvider.GetUtcNow()));
            EvidenceReport? report = JsonSerializer.Deserialize(body, EvidenceJson.Default.EvidenceReport);
            string? fault = report is null ? "the answer is null" : EvidenceCheck.Fault(report);
            if (fault is not null)
            {
                return NoReport(router, model, fault);
            }

            _silent.TryRemove(Key(router, model), out _);
            return report;
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException or JsonException or KubernetesException)
        {
            return NoReport(router, model, e.Message);
        }
    }

    private EvidenceReport? NoReport(Pod router, string model, string fault)
    {
        _metrics.EvidenceReadFailed();
        if (_silent.Count >= MostRemembered)
        {
            _silent.Clear();
        }

        if (_silent.TryAdd(Key(router, model), true))
        {
            _logger.EvidenceReadFailed(router.Metadata.Namespace, router.Metadata.Name, model, fault);
        }

        return null;
    }

    private static string Key(Pod router, string model) => $"{router.Metadata.Uid ?? router.Metadata.Name}/{model}";
}
