using Google.Protobuf;
using Microsoft.AspNetCore.Http.Features;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// Sends the warm-up's inputs through the method that infers, so that what reads and writes its messages is compiled before a client waits
/// for it.
/// </summary>
internal sealed class GrpcWarmUp(GrpcPipeline pipeline, EndpointDataSource endpoints, ServeOptions options, ILogger<GrpcWarmUp> logger)
{
    /// <summary>All of it is met in the first two; what is quick is not worth compiling again before there is traffic.</summary>
    private const int Requests = 3;

    private const string Succeeded = "0";

    /// <returns>Whether the model answered.</returns>
    public async Task<bool> RunAsync(ServedModel model, CancellationToken cancellationToken)
    {
        if (options.GrpcPort < 0)
        {
            return false;
        }

        RequestDelegate serve = endpoints.Endpoints.OfType<RouteEndpoint>()
            .First(e => e.RoutePattern.RawText == InferMethod.Path).RequestDelegate!;
        byte[] message = Frame(Message(model));
        for (int i = 0; i < Requests; i++)
        {
            DefaultHttpContext context = new() { RequestAborted = cancellationToken };
            context.Features.Set<IHttpResponseTrailersFeature>(new Trailers());
            context.Request.Method = HttpMethods.Post;
            context.Request.Protocol = HttpProtocol.Http2;
            context.Request.Path = InferMethod.Path;
            context.Request.ContentType = GrpcPipeline.ContentType;
            context.Request.Body = new MemoryStream(message);
            context.Response.Body = new MemoryStream();
            await pipeline.InferAsync(context, serve, model);
            // Outside a server, no answer counts as begun, so that its status is in the headers.
            if (context.Response.Headers.GrpcStatus != Succeeded)
            {
                LogMessages.GrpcWarmUpFailed(
                    logger, model.Name, context.Response.Headers.GrpcStatus.ToString(), context.Response.Headers.GrpcMessage.ToString());
                return false;
            }
        }

        return true;
    }

    private static ModelInferRequest Message(ServedModel model) => new()
    {
        ModelName = model.Name,
        Inputs =
        {
            model.Sample.Select(
                t => new ModelInferRequest.Types.InferInputTensor { Name = t.Name, Datatype = t.DataType.Name(), Shape = { t.Shape } }),
        },
        RawInputContents = { model.Sample.Select(t => ByteString.CopyFrom(t.Data.Span)) },
    };

    private static byte[] Frame(ModelInferRequest message)
    {
        byte[] bytes = message.ToByteArray();
        return [0, (byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private sealed class Trailers : IHttpResponseTrailersFeature
    {
        IHeaderDictionary IHttpResponseTrailersFeature.Trailers { get; set; } = new HeaderDictionary();
    }
}
