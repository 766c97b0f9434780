namespace ModelOperator.Demo.Load;

/// <summary>
/// Sends labelled images at a steady rate, whatever the answers do (open loop), and feeds the truth back under the request id
/// of each answer, at once or when it is known. It never retries: a request that fails is a request a user would have lost.
/// </summary>
public sealed class LoadGenerator(HttpClient http, string model, IReadOnlyList<Sample> samples, LoadCounters counters, TimeSpan truthDelay, TimeProvider time)
{
    private const int MaxInFlight = 512;
    private readonly SemaphoreSlim slots = new(MaxInFlight);

    /// <summary>Waits until the model answers at all; a Service needs a moment after it was made.</summary>
    public async Task WaitUntilServedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"v2/models/{model}/ready", UriKind.Relative), cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Not served yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    public async Task RunAsync(double requestsPerSecond, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (long sent = 0; ; sent++)
        {
            var wait = TimeSpan.FromSeconds(sent / requestsPerSecond) - time.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }

            await slots.WaitAsync(cancellationToken);
            _ = SendAsync(samples[(int)(sent % samples.Count)], cancellationToken);
        }
    }

    private async Task SendAsync(Sample sample, CancellationToken cancellationToken)
    {
        string? id = null;
        try
        {
            try
            {
                id = await InferAsync(sample, cancellationToken);
            }
            finally
            {
                slots.Release();
            }

            if (id is not null)
            {
                await Task.Delay(truthDelay, time, cancellationToken);
                await FeedBackAsync(new Feedback(id, sample.Label), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The load ends here.
        }
    }

    private async Task<string?> InferAsync(Sample sample, CancellationToken cancellationToken)
    {
        var request = new InferRequest([new InferInput("image", [1, 64], "FP32", sample.Image)]);
        long start = time.GetTimestamp();
        try
        {
            using var response = await http.PostAsJsonAsync(
                new Uri($"v2/models/{model}/infer", UriKind.Relative), request, LoadJson.Default.InferRequest, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                counters.Failed($"infer: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
                return null;
            }

            var answer = await response.Content.ReadFromJsonAsync(LoadJson.Default.InferResponse, cancellationToken);
            var label = answer?.Outputs.FirstOrDefault(output => output.Name == "label");
            string? id = Header(response, "x-request-id");
            if (label is not { Data.Length: 1 } || id is null)
            {
                counters.Failed("infer: the answer has no label or no x-request-id");
                return null;
            }

            counters.Answered(Header(response, "x-model-revision") ?? "unknown", label.Data[0] == sample.Label, time.GetElapsedTime(start));
            return id;
        }
        catch (Exception error) when (error is HttpRequestException or System.Text.Json.JsonException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            counters.Failed($"infer: {error.Message}");
            return null;
        }
    }

    private async Task FeedBackAsync(Feedback feedback, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.PostAsJsonAsync(
                new Uri($"v2/models/{model}/feedback", UriKind.Relative), feedback, LoadJson.Default.Feedback, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                counters.FeedbackFailed($"feedback: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            counters.FeedbackFailed($"feedback: {error.Message}");
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
