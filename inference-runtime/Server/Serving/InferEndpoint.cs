using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving;

/// <summary><c>POST v2/models/{name}/infer</c></summary>
internal sealed class InferEndpoint(
    ModelRepository models, InferenceService service, ServeOptions options, ProtocolLimits limits, Admission admission, BodyReader bodies, TimeProvider time)
{
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true };

    public async Task HandleAsync(HttpContext context)
    {
        using CancellationTokenSource timeout = new(options.RequestTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            await InferAsync(context, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await Responses.ErrorAsync(
                context, StatusCodes.Status504GatewayTimeout, $"the request took longer than {options.RequestTimeout.TotalSeconds} s, the limit");
        }
    }

    private async Task InferAsync(HttpContext context, CancellationToken cancellationToken)
    {
        ServedModel model = ModelRoute.Find(context, models);
        _ = ModelRoute.Require(context, model);
        using Admission.Entry entry = admission.Enter();
        InferRequest request;
        using (PooledBuffer body = await bodies.ReadAsync(context.Request, entry, cancellationToken))
        {
            request = InferRequestReader.Read(body.Span, limits);
        }

        using (request)
        {
            string id = RequestId.Choose(context.Request, request.Id);
            using InferResult result = await service.InferAsync(model, request, id, cancellationToken);
            using PooledBuffer response = new(4096);
            Write(model, request, result, response);
            RequestId.Tell(context, id);
            await Responses.WriteAsync(context, response.Memory);
        }
    }

    private static void Write(ServedModel model, InferRequest request, InferResult result, PooledBuffer response)
    {
        using Utf8JsonWriter writer = new(response, WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("model_name"u8, model.Name);
        writer.WriteString("model_version"u8, model.Version);
        if (request.Id is not null)
        {
            writer.WriteString("id"u8, request.Id);
        }

        writer.WriteStartArray("outputs"u8);
        foreach (ResultTensor output in result.Outputs)
        {
            OutputWriter.Write(writer, output);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
