using Google.Protobuf;
using ModelOperator.Grpc;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using ModelOperator.Protocol.Grpc;
using ModelOperator.Server.Repository;
using ModelInferRequest = ModelOperator.Protocol.Grpc.ModelInferRequest;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// <c>ModelStreamInfer</c>: several requests of a stream are computed at the same time, which lets them be batched; their responses come in
/// the order of the requests. A request that fails does not end the stream.
/// </summary>
internal sealed class StreamInferMethod(
    ModelRepository models, InferenceService service, ServeOptions options, ProtocolLimits limits, Admission admission, DrainState drain,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<StreamInferMethod> logger)
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

    public GrpcMethod Method => new(GrpcServices.Inference, Name, ServeAsync) { ClientStreams = true, ServerStreams = true };

    private async ValueTask ServeAsync(GrpcCall call)
    {
        bool endOnError = call.RequestHeaders[EndOnErrorHeader] == "true";
        using SemaphoreSlim places = new(MaxInFlight);
        using CancellationTokenSource failed = new();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, failed.Token);
        using CancellationTokenRegistration stopping = call.StopReadingOn(lifetime.ApplicationStopping);
        using CancellationTokenRegistration failing = call.StopReadingOn(failed.Token);
        Task answered = Task.CompletedTask;
        try
        {
            while (await NextAsync(call, places, over.Token) is { } computed)
            {
                answered = AnswerAsync(call, answered, computed, places, endOnError, failed);
            }
        }
        finally
        {
            // What came before is answered before the stream ends.
            await answered;
        }
    }

    /// <summary>Begins the next request; null when the client has sent all.</summary>
    private async ValueTask<Task<StreamedInference>?> NextAsync(GrpcCall call, SemaphoreSlim places, CancellationToken over)
    {
        await places.WaitAsync(over);
        StreamedInference inference = new(admission, drain);
        try
        {
            MessageBuffer? message = await call.ReadAsync(inference, InferMethod.Probe);
            if (message is not null)
            {
                return ComputeAsync(call, inference, message, over);
            }

            inference.Dispose();
            return null;
        }
        catch (OverloadedException e)
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

    private async Task<StreamedInference> ComputeAsync(GrpcCall call, StreamedInference inference, MessageBuffer message, CancellationToken over)
    {
        using CancellationTokenSource timeout = new(options.RequestTimeout, time);
        using CancellationTokenSource any = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, over);
        try
        {
            ModelInferRequest request = ModelInferRequestReader.Read(message.Memory, message, limits);
            inference.Request = request;
            inference.Model = models.Find(request.ModelName, GrpcServices.Version(request.ModelVersion));
            // The header, if any, names the stream; the requests in it have their own names or none.
            string id = request.Infer.Id ?? RequestId.New();
            inference.Result = await service.InferAsync(inference.Model, request.Infer, id, any.Token);
            inference.Outputs = new ResponseOutputs(inference.Model, request.Infer, inference.Result);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !call.CancellationToken.IsCancellationRequested)
        {
            inference.Failure = new RpcException(StatusCode.DeadlineExceeded, $"the request took longer than {options.RequestTimeout.TotalSeconds} s, the limit");
        }
        catch (Exception e)
        {
            inference.Failure = e;
        }

        return inference;
    }

    /// <summary>Answers a request after those before it.</summary>
    private async Task AnswerAsync(
        GrpcCall call, Task before, Task<StreamedInference> computed, SemaphoreSlim places, bool endOnError, CancellationTokenSource failed)
    {
        using StreamedInference inference = await computed;
        await before;
        try
        {
            call.CancellationToken.ThrowIfCancellationRequested();
            await WriteAsync(call, inference, endOnError);
        }
        catch
        {
            // Nobody waits for what comes after.
            await failed.CancelAsync();
            throw;
        }

        places.Release();
    }

    private ValueTask WriteAsync(GrpcCall call, StreamedInference inference, bool endOnError)
    {
        if (inference.Failure is null)
        {
            return inference.Request!.TypedOutputs
                ? call.WriteAsync(new ModelStreamInferResponse { InferResponse = Typed(inference) })
                : call.WriteAsync(new StreamResponseContent(
                    new InferResponseContent(inference.Model!, inference.Request.Infer.Id, inference.Outputs!, FinalResponse)));
        }

        RpcException failure = GrpcErrors.Translate(inference.Failure) ?? Bug(inference.Failure);
        if (endOnError)
        {
            throw failure;
        }

        ModelInferResponse response = ModelInferResponse.Parser.ParseFrom(FinalResponse.Span);
        response.Id = inference.Request?.Infer.Id ?? "";
        response.ModelName = inference.Request?.ModelName ?? "";
        response.ModelVersion = inference.Request?.ModelVersion ?? "";
        return call.WriteAsync(new ModelStreamInferResponse { ErrorMessage = failure.Message, InferResponse = response });
    }

    private static ModelInferResponse Typed(StreamedInference inference)
    {
        ModelInferResponse response = TypedResponse.Create(inference.Model!, inference.Request!.Infer.Id, inference.Outputs!);
        response.Parameters.MergeFrom(ModelInferResponse.Parser.ParseFrom(FinalResponse.Span).Parameters);
        return response;
    }

    private RpcException Bug(Exception failure)
    {
        LogMessages.RequestFailed(logger, failure, "POST", Path);
        return new RpcException(StatusCode.Internal, "the server failed; its log says why", failure);
    }
}
