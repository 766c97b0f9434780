using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Transport;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>Between a client and a real server: counts the calls, and can change them.</summary>
internal sealed class CountingHandler(Action<HttpRequestMessage>? change = null) : HttpMessageHandler
{
    private HandlerPool? _pool;
    private KubernetesClientConfiguration? _configuration;
    private int _calls;

    public int Calls => _calls;

    public KubernetesClient Client(KubernetesClientConfiguration configuration)
    {
        _configuration = configuration;
        _pool = new HandlerPool(configuration);
        return new KubernetesClient(configuration, TimeProvider.System, NullLogger<KubernetesClient>.Instance, this);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        change?.Invoke(request);
        var credential = await _configuration!.Credentials.GetAsync(cancellationToken);
        return await _pool!.Get(credential.Certificate).SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        _pool?.Dispose();
        base.Dispose(disposing);
    }
}
