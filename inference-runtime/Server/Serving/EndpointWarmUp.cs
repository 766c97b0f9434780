using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving;

/// <summary>
/// Sends the warm-up's inputs through the endpoint, so that reading and writing JSON is compiled too before a client waits for it. A canary
/// is judged by its latency from its first request on.
/// </summary>
internal sealed class EndpointWarmUp(InferEndpoint endpoint, TimeProvider time)
{
    private const int Requests = 20;

    /// <returns>How long the last request took.</returns>
    public async Task<TimeSpan> RunAsync(ServedModel model, CancellationToken cancellationToken)
    {
        using PooledBuffer body = new();
        using (Utf8JsonWriter writer = new(body))
        {
            InferRequestWriter.Write(writer, "warm-up", model.Sample);
        }

        long start = 0;
        for (int i = 0; i < Requests; i++)
        {
            DefaultHttpContext context = new() { RequestAborted = cancellationToken };
            context.Request.ContentLength = body.Length;
            context.Request.Body = new MemoryStream(body.Span.ToArray());
            context.Response.Body = new MemoryStream();
            start = time.GetTimestamp();
            await endpoint.HandleAsync(context, model);
        }

        return time.GetElapsedTime(start);
    }
}
