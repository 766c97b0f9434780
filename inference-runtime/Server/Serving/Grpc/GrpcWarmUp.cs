using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.Features;
using ModelOperator.Grpc;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// Sends the warm-up's inputs through the methods that infer, so that what reads and writes their messages is compiled before a client waits for it.
/// </summary>
internal sealed class GrpcWarmUp(InferMethod infer, ServeOptions options, TimeProvider time, ILogger<GrpcDispatcher> logger)
{
    /// <summary>All of it is met in the first two; what is quick is not worth compiling again before there is traffic.</summary>
    private const int Requests = 3;

    private Task _connection = Task.CompletedTask;

    /// <summary>Begins with what needs no model yet.</summary>
    /// <param name="port">Where this server listens.</param>
    public void Begin(int port) => _connection = Task.Run(() =>
    {
        try
        {
            ConnectionWarmUp.Run(port);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            LogMessages.GrpcConnectionNotWarm(logger, e.Message);
        }
    });

    /// <summary>Ends with a model that is loaded.</summary>
    /// <returns>Whether the model answered.</returns>
    public async Task<bool> RunAsync(ServedModel model, CancellationToken cancellationToken)
    {
        if (options.GrpcPort < 0)
        {
            return false;
        }

        GrpcMethod method = infer.For(model);
        GrpcDispatcher dispatcher = new([method], new GrpcLimits(), GrpcErrors.Translate, time, logger);
        byte[] message = Frame(Message(model));
        for (int i = 0; i < Requests; i++)
        {
            DefaultHttpContext context = new() { RequestAborted = cancellationToken };
            context.Features.Set<IHttpResponseTrailersFeature>(new Trailers());
            context.Request.Method = HttpMethods.Post;
            context.Request.Protocol = HttpProtocol.Http2;
            context.Request.Path = InferMethod.Path;
            context.Request.ContentType = "application/grpc";
            context.Request.Body = new MemoryStream(message);
            context.Response.Body = new MemoryStream();
            StatusCode status = await dispatcher.InvokeAsync(context, dispatcher.Find(context)!);
            if (status != StatusCode.Ok)
            {
                LogMessages.GrpcWarmUpFailed(logger, model.Name, status, context.Response.Headers.GrpcMessage.ToString());
                return false;
            }
        }

        await _connection;
        return true;
    }

    private static ModelInferRequest Message(ServedModel model) => new()
    {
        ModelName = model.Name,
        Inputs =
        {
            model.Sample.Select(t => new ModelInferRequest.Types.InferInputTensor { Name = t.Name, Datatype = t.DataType.Name(), Shape = { t.Shape } }),
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
