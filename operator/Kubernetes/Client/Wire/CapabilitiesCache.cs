using ModelOperator.Kubernetes.Client.Transport;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>What the server offers, asked by one caller for all, and again after a while: servers are upgraded under our feet.</summary>
internal sealed class CapabilitiesCache(ApiCaller caller, TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _single = new(1, 1);
    private (ServerCapabilities Capabilities, long AskedAt)? _known;

    public async Task<ServerCapabilities> GetAsync(CancellationToken cancellationToken)
    {
        await _single.WaitAsync(cancellationToken);
        try
        {
            if (_known is { } known && timeProvider.GetElapsedTime(known.AskedAt) < Lifetime)
            {
                return known.Capabilities;
            }

            var askedAt = timeProvider.GetTimestamp();
            var capabilities = await CapabilitiesReader.ReadAsync(caller, cancellationToken);
            _known = (capabilities, askedAt);
            return capabilities;
        }
        finally
        {
            _single.Release();
        }
    }

    public void Dispose() => _single.Dispose();
}
