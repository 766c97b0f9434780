using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Routing;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ModelOperator.Router.Feedback;

/// <summary>What a pod said to a feedback.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The answer, as the pod gave it.</param>
/// <param name="Outcome">What was counted; null unless the status is 200.</param>
internal sealed record FeedbackAnswer(HttpStatusCode Status, byte[] Body, FeedbackResponse? Outcome);

/// <summary>Asks one pod to judge a prediction of its own.</summary>
internal sealed class FeedbackRelay(HttpMessageInvoker transport, RouterOptions options, TimeProvider timeProvider, ILogger<FeedbackRelay> log)
{
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
        .AddTimeout(options.FeedbackTimeout)
        .AddRetry(new RetryStrategyOptions
        {
            // Only what did not arrive: to a feedback that did, the second answer would be "duplicate" and the first one lost.
            ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(PodTransport.IsConnectFailure),
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(100),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .Build();

    /// <summary>The pod's answer, or null when it gave none.</summary>
    public async Task<FeedbackAnswer?> AskAsync(PodEndpoint pod, ModelRoute route, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async ct => await SendAsync(pod, route, body, ct), cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutRejectedException or JsonException)
        {
            LogMessages.FeedbackNotRelayed(log, route.Name, pod.Name, e.Message);
            return null;
        }
    }

    private async Task<FeedbackAnswer> SendAsync(PodEndpoint pod, ModelRoute route, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{pod.BaseAddress}/v2/models/{Uri.EscapeDataString(route.Name)}/feedback"));
        request.Content = new ReadOnlyMemoryContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        // The rule travels with the truth: a change of it holds at once, for every revision alike, and restarts nothing.
        if (route.Feedback.Kind == PredictionKind.Number) request.Headers.Add(ModelHeaders.FeedbackTolerance, route.Feedback.Tolerance.ToString());
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        byte[] answer = await ReadAsync(response.Content, cancellationToken);
        FeedbackResponse? outcome = response.StatusCode == HttpStatusCode.OK
            ? JsonSerializer.Deserialize(answer, ProtocolJson.Default.FeedbackResponse)
            : null;
        return new FeedbackAnswer(response.StatusCode, answer, outcome);
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxAnswerBytes + 1];
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MaxAnswerBytes ? buffer[..length] : throw new IOException($"the answer is longer than {MaxAnswerBytes} bytes");
    }
}
