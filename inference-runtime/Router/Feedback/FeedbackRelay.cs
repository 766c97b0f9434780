using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Http;
using ModelOperator.Protocol;
using ModelOperator.Router.Routing;
using Polly.Timeout;

namespace ModelOperator.Router.Feedback;

/// <summary>What a pod said to a feedback.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The answer, as the pod gave it.</param>
/// <param name="Outcome">What was counted; null unless the status is 200.</param>
internal sealed record FeedbackAnswer(HttpStatusCode Status, byte[] Body, FeedbackResponse? Outcome);

/// <summary>Asks one pod to judge a prediction of its own.</summary>
internal sealed class FeedbackRelay(
    SocketsHttpHandler connections, KeyRing keys, RouterOptions options, TimeProvider timeProvider,
    ILogger<FeedbackRelay> log) : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;

    // Only what did not arrive is sent again: to a feedback that did, the second answer would be "duplicate" and the first one lost.
    private readonly HttpCaller _http = new(
        connections,
        new HttpCallOptions
        {
            Name = RouterOptions.Program,
            LargestAnswer = MaxAnswerBytes,
            Timeout = options.FeedbackTimeout,
            Retries = 2,
        },
        timeProvider);

    /// <summary>The pod's answer, or null when it gave none.</summary>
    public async Task<FeedbackAnswer?> AskAsync(
        PodEndpoint pod, ModelRoute route, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            (HttpStatusCode status, byte[] answer) = await _http.SendAsync(() => Request(pod, route, body), cancellationToken);
            if (status == HttpStatusCode.Unauthorized)
            {
                // It has not read the keys yet that this router has: a moment later it may.
                LogMessages.FeedbackNotRelayed(log, route.Name, pod.Name, "it does not know the keys of this namespace yet");
                return null;
            }

            FeedbackResponse? outcome = status == HttpStatusCode.OK
                ? JsonSerializer.Deserialize(answer, ProtocolJson.Default.FeedbackResponse)
                : null;
            return new FeedbackAnswer(status, answer, outcome);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutRejectedException or JsonException)
        {
            LogMessages.FeedbackNotRelayed(log, route.Name, pod.Name, e.Message);
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(PodEndpoint pod, ModelRoute route, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"{pod.BaseAddress}/v2/models/{Uri.EscapeDataString(route.Name)}/feedback"))
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", keys.TokenForInference(pod.Name)) },
        };
        if (route.Feedback.Kind == PredictionKind.Number)
        {
            // The rule travels with the truth: a change of it holds at once, for every revision alike, and restarts nothing.
            request.Headers.Add(ModelHeaders.FeedbackTolerance, route.Feedback.Tolerance.ToString());
        }

        return request;
    }
}
