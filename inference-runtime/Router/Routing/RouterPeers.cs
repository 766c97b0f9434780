using ModelOperator.Router.Feedback;

namespace ModelOperator.Router.Routing;

/// <summary>A ready router of the namespace.</summary>
/// <param name="Name">Name of the pod.</param>
/// <param name="AdminAddress">Host and port for probes and other routers.</param>
internal sealed record RouterPeer(string Name, string AdminAddress);

/// <summary>The ready routers of the namespace, this one among them once it is known to be.</summary>
internal sealed class RouterPeers(RouterOptions options)
{
    private volatile RouterPeer[] _ready = [];

    public IReadOnlyList<RouterPeer> Others => [.. _ready.Where(p => p.Name != options.PodName)];

    public void Update(IEnumerable<RouterPeer> ready) => _ready = [.. ready];

    /// <summary>
    /// Who keeps a key, and who takes over when that one is not there: the same order on every router, in which one that comes or goes
    /// moves only what it keeps. Null stands for this router.
    /// </summary>
    public IReadOnlyList<RouterPeer?> KeepersOf(FeedbackKey key)
    {
        RouterPeer?[] order = [.. _ready.OrderByDescending(p => key.Affinity(p.Name)).Select(p => p.Name == options.PodName ? null : p)];
        return order.Length > 0 ? order : [null];
    }
}
