using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Serving.Grpc;

namespace ModelOperator.Server.Serving;

/// <summary>
/// Sends the warm-up's inputs through the endpoints, so that reading and writing what they carry is compiled too before a client waits for it.
/// A canary is judged by its latency from its first request on.
/// </summary>
internal sealed class EndpointWarmUp(InferEndpoint endpoint, GrpcWarmUp grpc, TimeProvider time)
{
    private const int Requests = 20;

    /// <summary>Of these the shortest counts: whatever else the machine does for a moment must not decide how all later requests are treated.</summary>
    private const int Measured = 5;

    /// <returns>How long a request takes.</returns>
    public async Task<TimeSpan> RunAsync(ServedModel model, CancellationToken cancellationToken)
    {
        using PooledBuffer body = new();
        using (Utf8JsonWriter writer = new(body))
        {
            InferRequestWriter.Write(writer, "warm-up", model.Sample);
        }

        // Compiling takes no more time to ready for two endpoints than for one, if there is a CPU for each.
        Task other = Task.Run(() => grpc.RunAsync(model, cancellationToken), cancellationToken);
        for (int i = Measured; i < Requests; i++)
        {
            await SendAsync(model, body, cancellationToken);
        }

        await other;
        TimeSpan shortest = TimeSpan.MaxValue;
        for (int i = 0; i < Measured; i++)
        {
            long start = time.GetTimestamp();
            await SendAsync(model, body, cancellationToken);
            TimeSpan took = time.GetElapsedTime(start);
            shortest = took < shortest ? took : shortest;
        }

        return shortest;
    }

    private Task SendAsync(ServedModel model, PooledBuffer body, CancellationToken cancellationToken)
    {
        DefaultHttpContext context = new() { RequestAborted = cancellationToken };
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body.Span.ToArray());
        context.Response.Body = new MemoryStream();
        return endpoint.HandleAsync(context, model);
    }
}
