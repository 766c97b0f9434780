using System.Net;
using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Routing;
using Polly;
using Polly.Timeout;

namespace ModelOperator.Router.Feedback;

/// <summary>Asks other routers of the namespace, at their admin ports.</summary>
internal sealed class PeerClient(HttpMessageInvoker transport, RouterPeers peers, RouterOptions options, TimeProvider timeProvider, ILogger<PeerClient> log)
{
    private const int MaxAnswerBytes = 1024;

    private readonly ResiliencePipeline _pipeline =
        new ResiliencePipelineBuilder { TimeProvider = timeProvider }.AddTimeout(options.PeerTimeout).Build();

    /// <summary>What another router has counted under a key; null when none of those that answer has.</summary>
    public async Task<Outcomes?> FindAsync(FeedbackKey key, CancellationToken cancellationToken)
    {
        IReadOnlyList<RouterPeer> others = peers.Others;
        if (others.Count == 0) return null;
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
            return await SendAsync(keeper, HttpMethod.Post, path, cancellationToken) ?? throw new PeerException($"router '{keeper.Name}' does not know revision '{revision}' (yet)");
        }
        catch (HttpRequestException e) when (PodTransport.IsConnectFailure(e))
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

    private async Task<OutcomeAnswer?> SendAsync(RouterPeer peer, HttpMethod method, string path, CancellationToken cancellationToken) =>
        await _pipeline.ExecuteAsync(
            async ct =>
            {
                using var request = new HttpRequestMessage(method, new Uri($"http://{peer.AdminAddress}{path}"));
                using HttpResponseMessage response = await transport.SendAsync(request, ct);
                if (response.StatusCode == HttpStatusCode.NotFound) return null;
                response.EnsureSuccessStatusCode();
                byte[] buffer = new byte[MaxAnswerBytes];
                await using Stream stream = await response.Content.ReadAsStreamAsync(ct);
                int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
                return JsonSerializer.Deserialize(buffer.AsSpan(0, length), OutcomeJson.Default.OutcomeAnswer);
            },
            cancellationToken);
}
