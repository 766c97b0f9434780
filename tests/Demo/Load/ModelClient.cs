using System.Text.Json;

namespace ModelOperator.Demo.Load;

/// <summary>Asks a model, and tells it the truth. It never retries: a request that fails is a request a user would have lost.</summary>
public sealed class ModelClient(HttpClient http, string model)
{
    private readonly Uri ready = new($"v2/models/{model}/ready", UriKind.Relative);
    private readonly Uri infer = new($"v2/models/{model}/infer", UriKind.Relative);
    private readonly Uri feedback = new($"v2/models/{model}/feedback", UriKind.Relative);

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var response = await http.GetAsync(ready, limit.Token);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <exception cref="CallFailedException">There was no answer, or not the one it should be.</exception>
    public async Task<Answer> InferAsync(Sample sample, CancellationToken cancellationToken)
    {
        var request = new InferRequest([new InferInput("image", [1, 64], "FP32", sample.Image)]);
        return await CallAsync(
            () => http.PostAsJsonAsync(infer, request, LoadJson.Default.InferRequest, cancellationToken),
            async (response, id, revision) =>
            {
                var answer = await response.Content.ReadFromJsonAsync(LoadJson.Default.InferResponse, cancellationToken);
                var label = answer?.Outputs.FirstOrDefault(output => output.Name == "label");
                return label is { Data.Length: 1 } && id is not null
                    ? new Answer(id, revision ?? "unknown", label.Data[0])
                    : throw new CallFailedException("the answer has no label or no x-prediction-id", id, revision);
            },
            cancellationToken);
    }

    /// <exception cref="CallFailedException">It was not taken.</exception>
    public Task FeedBackAsync(Feedback truth, CancellationToken cancellationToken) =>
        CallAsync(
            () => http.PostAsJsonAsync(feedback, truth, LoadJson.Default.Feedback, cancellationToken),
            (_, _, _) => Task.FromResult(true),
            cancellationToken);

    private static async Task<T> CallAsync<T>(
        Func<Task<HttpResponseMessage>> send,
        Func<HttpResponseMessage, string?, string?, Task<T>> read,
        CancellationToken cancellationToken)
    {
        string? id = null;
        string? revision = null;
        try
        {
            using var response = await send();
            id = Header(response, "x-prediction-id");
            revision = Header(response, "x-model-revision");
            return response.IsSuccessStatusCode
                ? await read(response, id, revision)
                : throw new CallFailedException(
                    $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}", id, revision);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            string message = error.InnerException is { } cause ? $"{error.Message} ({cause.Message})" : error.Message;
            throw new CallFailedException(message, id, revision, error);
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>A prediction, the revision that made it, and the id under which the truth about it is taken.</summary>
public sealed record Answer(string Id, string Revision, double Label);

/// <summary>A call was not answered as it should be.</summary>
public sealed class CallFailedException(string message, string? id, string? revision, Exception? inner = null) : Exception(message, inner)
{
    public string? Id { get; } = id;

    public string? Revision { get; } = revision;
}
