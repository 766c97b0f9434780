using System.Globalization;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Rest;

namespace ModelOperator.Server.Serving;

/// <summary><c>POST v2/models/{name}/infer</c></summary>
internal sealed class InferEndpoint(
    ModelRepository models, InferenceService service, ServeOptions options, ProtocolLimits limits, Admission admission, BodyReader bodies)
{
    /// <summary>Binary data begins on such a boundary, so that tensors can be used where they lie.</summary>
    private const int Alignment = 8;

    public Task HandleAsync(HttpContext context) => HandleAsync(context, ModelRoute.Find(context, models));

    public async Task HandleAsync(HttpContext context, ServedModel model)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(options.RequestTimeout);
        try
        {
            await InferAsync(context, model, deadline.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await Responses.ErrorAsync(
                context, StatusCodes.Status504GatewayTimeout,
                $"the request took longer than {options.RequestTimeout.TotalSeconds} s, the limit");
        }
    }

    private async Task InferAsync(HttpContext context, ServedModel model, CancellationToken cancellationToken)
    {
        OnnxModel loaded = ModelRoute.Require(context, model);
        using Admission.Entry entry = admission.Enter();
        long? jsonLength = JsonLength(context.Request);
        int padding = jsonLength is { } prefix ? (int)(-prefix & (Alignment - 1)) : 0;
        using PooledBuffer body = await bodies.ReadAsync(context.Request, entry, padding, cancellationToken);
        using InferRequest request = Read(body.Memory[padding..], jsonLength, loaded);
        string id = RequestId.Choose(context.Request, request.Id);
        using InferResult result = await service.InferAsync(model, request, id, cancellationToken);
        using InferResponse response = InferResponse.Of(model, request, result);
        RequestId.Tell(context, id);
        if (result.Predictions != 1)
        {
            context.Response.Headers[ModelHeaders.Predictions] = result.Predictions.ToString(CultureInfo.InvariantCulture);
        }

        await ResponseSender.SendAsync(context, response);
    }

    private InferRequest Read(Memory<byte> body, long? jsonLength, OnnxModel model)
    {
        if (jsonLength == 0)
        {
            return new RawInput(model.Inputs, model.Outputs).Read(body, limits);
        }

        if (jsonLength > body.Length)
        {
            throw new ProtocolException($"{ModelHeaders.InferenceHeaderLength} is {jsonLength}, but the body has {body.Length} bytes");
        }

        int length = (int?)jsonLength ?? body.Length;
        return InferRequestReader.Read(body.Span[..length], body[length..], limits);
    }

    /// <summary>Length of the JSON before binary data, 0 when there is none; null when the body is JSON alone.</summary>
    private static long? JsonLength(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(ModelHeaders.InferenceHeaderLength, out var header))
        {
            return null;
        }

        return long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? length
            : throw new ProtocolException(
                $"{ModelHeaders.InferenceHeaderLength} is '{header}', expected the length of the JSON part of the body in bytes");
    }
}
