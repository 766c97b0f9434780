using System.Net;
using System.Text.Json;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Http;
using ModelOperator.Protocol;
using ModelOperator.Router.Routing;
using Polly.Timeout;

namespace ModelOperator.Router.Feedback;

/// <summary>Asks other routers of the namespace, at their admin ports.</summary>
internal sealed class PeerClient(
    SocketsHttpHandler connections, RouterPeers peers, KeyRing keys, RouterOptions options, TimeProvider timeProvider,
    ILogger<PeerClient> log) : IDisposable
{
    private const int MaxAnswerBytes = 1024;

    private readonly HttpCaller _http = new(
        connections,
        new HttpCallOptions { Name = RouterOptions.Program, LargestAnswer = MaxAnswerBytes, Timeout = options.PeerTimeout },
        timeProvider);

    /// <summary>What another router has counted under a key; null when none of those that answer has.</summary>
    public async Task<Outcomes?> FindAsync(FeedbackKey key, CancellationToken cancellationToken)
    {
        IReadOnlyList<RouterPeer> others = peers.Others;
        if (others.Count == 0)
        {
            return null;
        }

        OutcomeAnswer?[] answers = await Task.WhenAll(others.Select(p => TryFindAsync(p, key, cancellationToken)));
        return Array.Find(answers, a => a is not null) is { } found ? new Outcomes(found.Correct, found.Incorrect) : null;
    }

    /// <summary>Has the keeper of a key count outcomes; null when it could not be reached and so has not.</summary>
    /// <exception cref="PeerException">It may have.</exception>
    public async Task<OutcomeAnswer?> CountAsync(
        RouterPeer keeper, string model, string revision, FeedbackKey key, Outcomes outcomes, CancellationToken cancellationToken)
    {
        string path = $"/v1/models/{Uri.EscapeDataString(model)}/revisions/{Uri.EscapeDataString(revision)}/outcomes/{key}"
            + $"?correct={outcomes.Correct}&incorrect={outcomes.Incorrect}";
        try
        {
            return await SendAsync(keeper, HttpMethod.Post, path, cancellationToken)
                ?? throw new PeerException($"router '{keeper.Name}' does not know revision '{revision}' (yet)");
        }
        catch (HttpRequestException e) when (HttpCaller.NeverLeft(e))
        {
            LogMessages.PeerSilent(log, keeper.Name, e.Message);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutRejectedException or JsonException)
        {
            LogMessages.PeerSilent(log, keeper.Name, e.Message);
            throw new PeerException($"router '{keeper.Name}', which keeps this id, did not answer", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<OutcomeAnswer?> TryFindAsync(RouterPeer peer, FeedbackKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(peer, HttpMethod.Get, $"/v1/outcomes/{key}", cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutRejectedException or JsonException)
        {
            LogMessages.PeerSilent(log, peer.Name, e.Message);
            return null;
        }
    }

    private async Task<OutcomeAnswer?> SendAsync(RouterPeer peer, HttpMethod method, string path, CancellationToken cancellationToken)
    {
        var uri = new Uri($"http://{peer.AdminAddress}{path}");
        (HttpStatusCode status, byte[] body) = await _http.SendAsync(
            () => new HttpRequestMessage(method, uri), cancellationToken,
            prove: request => RouterProof.Ask(request, peer.Name, keys.Current, timeProvider.GetUtcNow()));
        return status switch
        {
            HttpStatusCode.OK => JsonSerializer.Deserialize(body, OutcomeJson.Default.OutcomeAnswer),
            HttpStatusCode.NotFound => null,
            _ => throw new HttpRequestException($"it answers {(int)status}", inner: null, status),
        };
    }
}
