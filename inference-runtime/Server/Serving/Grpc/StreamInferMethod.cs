using Google.Protobuf;
using Grpc.Core;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using ModelOperator.Protocol.Grpc;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// <c>ModelStreamInfer</c>: several requests of a stream are computed at the same time, which lets them be batched; their responses come in
/// the order of the requests. A request that fails does not end the stream.
/// </summary>
internal sealed class StreamInferMethod(
    InferMethod infer, ServeOptions options, ProtocolLimits limits, Admission admission, DrainState drain, TimeProvider time,
    ILogger<StreamInferMethod> logger)
{
    public const string Path = $"/{GrpcServices.Inference}/{Name}";

    private const string Name = "ModelStreamInfer";

    /// <summary>Requests of a stream in work; the client's next ones wait in its connection.</summary>
    private const int MaxInFlight = 64;

    /// <summary>Clients that set it want the stream to end with the status of the first request that fails.</summary>
    private const string EndOnErrorHeader = "triton_grpc_error";

    /// <summary>Says that no other response to the same request follows; with this server it never does.</summary>
    private static readonly ReadOnlyMemory<byte> FinalResponse = new ModelInferResponse
    {
        Parameters = { ["triton_final_response"] = new InferParameter { BoolParam = true } },
    }.ToByteArray();

    public static Method<MessageBuffer, IMessageContent> Method { get; } =
        new(MethodType.DuplexStreaming, GrpcServices.Inference, Name, MessageMarshallers.Request, MessageMarshallers.Response);

    public async Task ServeAsync(
        IAsyncStreamReader<MessageBuffer> requests, IServerStreamWriter<IMessageContent> responses, ServerCallContext call)
    {
        IHeaderDictionary headers = call.GetHttpContext().Request.Headers;
        try
        {
            if (ResponseCompression.Of(headers) is { } encoding)
            {
                await ResponseCompression.BeginAsync(call, encoding);
            }

            await ServeAsync(new Stream(requests, responses, call, EndOnError: headers[EndOnErrorHeader] == "true"));
        }
        catch (Exception e)
        {
            throw GrpcErrors.Translate(e, call, logger);
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        CallBody body = CallBody.Of(stream.Call.GetHttpContext());
        using SemaphoreSlim places = new(MaxInFlight);
        using CancellationTokenSource failed = new();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stream.Call.CancellationToken, failed.Token);
        using CancellationTokenRegistration failing = body.StopOn(failed.Token);
        Task answered = Task.CompletedTask;
        try
        {
            while (await NextAsync(stream, body, places, over.Token) is { } computed)
            {
                answered = AnswerAsync(stream, answered, computed, places, failed);
            }
        }
        finally
        {
            // What came before is answered before the stream ends.
            await answered;
        }
    }

    /// <summary>Begins the next request; null when the client has sent all.</summary>
    private async ValueTask<Task<Inference>?> NextAsync(Stream stream, CallBody body, SemaphoreSlim places, CancellationToken over)
    {
        await places.WaitAsync(over);
        Inference inference = new(admission, drain);
        body.Arriving = inference;
        try
        {
            if (await stream.Requests.MoveNext(CancellationToken.None))
            {
                return ComputeAsync(stream.Call, inference, stream.Requests.Current, over);
            }

            inference.Dispose();
            return null;
        }
        catch (RpcException e) when (body.Refused)
        {
            inference.Failure = e;
            return Task.FromResult(inference);
        }
        catch
        {
            inference.Dispose();
            throw;
        }
    }

    private async Task<Inference> ComputeAsync(ServerCallContext call, Inference inference, MessageBuffer message, CancellationToken over)
    {
        using CancellationTokenSource timeout = new(options.RequestTimeout, time);
        using CancellationTokenSource any = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, over);
        try
        {
            inference.Read(message, limits);
            // The header, if any, names the stream; the requests in it have their own names or none.
            await infer.ComputeAsync(inference, inference.Request!.Infer.Id ?? RequestId.New(), any.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !call.CancellationToken.IsCancellationRequested)
        {
            inference.Failure = GrpcErrors.TookTooLong(options.RequestTimeout, e);
        }
        catch (Exception e)
        {
            inference.Failure = e;
        }

        return inference;
    }

    /// <summary>Answers a request after those before it.</summary>
    private async Task AnswerAsync(
        Stream stream, Task before, Task<Inference> computed, SemaphoreSlim places, CancellationTokenSource failed)
    {
        using Inference inference = await computed;
        await before;
        try
        {
            stream.Call.CancellationToken.ThrowIfCancellationRequested();
            IMessageContent answer = Answer(stream, inference);
            stream.Responses.WriteOptions = new WriteOptions(answer.Size < ResponseCompression.MinBytes ? WriteFlags.NoCompress : default);
            await stream.Responses.WriteAsync(answer);
        }
        catch
        {
            // Nobody waits for what comes after.
            await failed.CancelAsync();
            throw;
        }

        places.Release();
    }

    private IMessageContent Answer(Stream stream, Inference inference)
    {
        if (inference.Failure is null)
        {
            return inference.Request!.TypedOutputs
                ? new ProtobufContent(new ModelStreamInferResponse { InferResponse = Typed(inference) })
                : new StreamResponseContent(new InferResponseContent(
                    inference.Model!, inference.Request.Infer.Id, inference.Outputs!, FinalResponse));
        }

        RpcException failure = GrpcErrors.Translate(inference.Failure, stream.Call, logger);
        if (stream.EndOnError)
        {
            throw failure;
        }

        ModelInferResponse response = ModelInferResponse.Parser.ParseFrom(FinalResponse.Span);
        response.Id = inference.Request?.Infer.Id ?? "";
        response.ModelName = inference.Request?.ModelName ?? "";
        response.ModelVersion = inference.Request?.ModelVersion ?? "";
        return new ProtobufContent(new ModelStreamInferResponse { ErrorMessage = failure.Status.Detail, InferResponse = response });
    }

    private static ModelInferResponse Typed(Inference inference)
    {
        ModelInferResponse response = TypedResponse.Create(inference.Model!, inference.Request!.Infer.Id, inference.Outputs!);
        response.Parameters.MergeFrom(ModelInferResponse.Parser.ParseFrom(FinalResponse.Span).Parameters);
        return response;
    }

    private sealed record Stream(
        IAsyncStreamReader<MessageBuffer> Requests, IServerStreamWriter<IMessageContent> Responses, ServerCallContext Call,
        bool EndOnError);
}
