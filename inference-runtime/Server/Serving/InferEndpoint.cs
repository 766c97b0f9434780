using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ModelOperator.Protocol;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving;

/// <summary><c>POST v2/models/{name}/infer</c></summary>
internal sealed class InferEndpoint(
    ServedModel served, ServeOptions options, ProtocolLimits limits, Admission admission, BodyReader bodies, PredictionStore predictions,
    ServerMetrics metrics, TimeProvider time)
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
        OnnxModel model = ModelRoute.Require(context, served);
        using Admission.Entry entry = admission.Enter();
        InferRequest request;
        using (PooledBuffer body = await bodies.ReadAsync(context.Request, entry, cancellationToken))
        {
            request = InferRequestReader.Read(body.Span, limits);
        }

        using (request)
        {
            RequestValidation.Check(request, model.Inputs, model.Outputs);
            string id = RequestId.Choose(context.Request, request.Id);
            if (id.Length > limits.MaxIdLength)
            {
                throw new ProtocolException($"the header {RequestId.Header} is longer than {limits.MaxIdLength} characters");
            }

            using PooledBuffer response = new(4096);
            await RunAsync(model, request, id, response, cancellationToken);
            RequestId.Tell(context, id);
            await Responses.WriteAsync(context, response.Memory);
        }
    }

    private async Task RunAsync(OnnxModel model, InferRequest request, string id, PooledBuffer response, CancellationToken cancellationToken)
    {
        string[] asked = [.. request.Outputs ?? model.Outputs.Select(o => o.Name)];
        // The labels are remembered also when the client asked for something else only.
        string[] computed = model.Labels is { } labels && !asked.Contains(labels.OutputName) ? [.. asked, labels.OutputName] : asked;
        long queued = time.GetTimestamp();
        using Admission.Turn turn = await admission.WaitForTurnAsync(cancellationToken);
        long started = time.GetTimestamp();
        using IDisposableReadOnlyCollection<OrtValue> outputs = Run(model, request, computed, cancellationToken);
        TimeSpan inference = time.GetElapsedTime(started);
        // What is measured and remembered is what clients did, not the warm-up.
        if (served.Ready)
        {
            metrics.Computed(waited: time.GetElapsedTime(queued, started), inference);
        }

        Write(model, request, asked, computed, outputs, id, response);
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(
        OnnxModel model, InferRequest request, string[] outputs, CancellationToken cancellationToken)
    {
        try
        {
            return model.Run(request.Inputs, outputs, cancellationToken);
        }
        catch (OnnxRuntimeException e) when (served.StillComputes(cancellationToken))
        {
            throw new ProtocolException($"the model cannot compute these inputs: {SessionFactory.Reason(e)}", e);
        }
    }

    private void Write(
        OnnxModel model, InferRequest request, string[] asked, string[] computed, IDisposableReadOnlyCollection<OrtValue> outputs, string id, PooledBuffer response)
    {
        using Utf8JsonWriter writer = new(response, WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("model_name"u8, served.Name);
        writer.WriteString("model_version"u8, served.Version);
        if (request.Id is not null)
        {
            writer.WriteString("id"u8, request.Id);
        }

        writer.WriteStartArray("outputs"u8);
        for (int i = 0; i < computed.Length; i++)
        {
            OrtValue value = outputs.ElementAt(i);
            OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
            if (i < asked.Length)
            {
                OutputWriter.Write(writer, computed[i], value, info);
            }

            if (served.Ready && computed[i] == model.Labels?.OutputName)
            {
                predictions.Remember(id, model.Labels.Read(value, info.Shape));
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
