using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Serving.Grpc;

namespace ModelOperator.Server.Serving;

/// <summary>
/// Sends the warm-up's inputs through the endpoints, so that no client waits for the code that reads and writes them to be compiled.
/// </summary>
internal sealed class EndpointWarmUp(InferEndpoint endpoint, GrpcWarmUp grpc) : IWarmUp
{
    private const int Requests = 20;

    public async Task RunAsync(ServedModel model, CancellationToken cancellationToken)
    {
        using PooledBuffer body = new();
        using (Utf8JsonWriter writer = new(body))
        {
            InferRequestWriter.Write(writer, "warm-up", model.Sample);
        }

        await grpc.RunAsync(model, cancellationToken);
        for (int i = 0; i < Requests; i++)
        {
            DefaultHttpContext context = new() { RequestAborted = cancellationToken };
            context.Request.ContentLength = body.Length;
            context.Request.Body = new MemoryStream(body.Span.ToArray());
            context.Response.Body = new MemoryStream();
            await endpoint.HandleAsync(context, model);
        }
    }
}
