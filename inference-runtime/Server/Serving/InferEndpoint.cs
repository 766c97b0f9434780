using System.Globalization;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Rest;

namespace ModelOperator.Server.Serving;

/// <summary><c>POST v2/models/{name}/infer</c></summary>
internal sealed class InferEndpoint(
    ModelRepository models, InferenceService service, ServeOptions options, ProtocolLimits limits, Admission admission, BodyReader bodies)
{
    /// <summary>Binary data begins on such a boundary, so that tensors can be used where they lie.</summary>
    private const int Alignment = 8;

    /// <summary>A body of that size is read and computed in less time than it takes to find another thread for it.</summary>
    private const int QuickBytes = 32 * 1024;

    public Task HandleAsync(HttpContext context) =>
        HandleAsync(context, (string?)context.Request.RouteValues["name"] ?? "", (string?)context.Request.RouteValues["version"]);

    public Task HandleAsync(HttpContext context, string name, string? version) => HandleAsync(context, models.Find(name, version));

    public async Task HandleAsync(HttpContext context, ServedModel model)
    {
        using RequestDeadline deadline = RequestDeadline.Start(options.RequestTimeout, context);
        try
        {
            await InferAsync(context, model, new Cancellation(deadline));
        }
        catch (OperationCanceledException) when (deadline.Expired)
        {
            await Responses.ErrorAsync(
                context, StatusCodes.Status504GatewayTimeout, $"the request took longer than {options.RequestTimeout.TotalSeconds} s, the limit");
        }
    }

    private async Task InferAsync(HttpContext context, ServedModel model, Cancellation cancellation)
    {
        RestModel rest = RestModel.Of(model, ModelRoute.Require(context, model));
        using Admission.Entry entry = admission.Enter();
        long? jsonLength = JsonLength(context.Request);
        int padding = jsonLength is { } prefix ? (int)(-prefix & (Alignment - 1)) : 0;
        using PooledBuffer body = await bodies.ReadAsync(context.Request, entry, padding, cancellation);
        // The thread that receives for this connection receives for others too.
        bool quick = !model.RunsLong && body.Length <= QuickBytes;
        if (!quick)
        {
            await Task.Yield();
        }

        using InferRequest request = Read(body.Memory[padding..], jsonLength, rest);
        string id = RequestId.Choose(context.Request, request.Id);
        using InferResult result = await service.InferAsync(model, request, id, cancellation);
        if (quick && result.Bytes > QuickBytes)
        {
            await Task.Yield();
        }

        using InferResponse response = InferResponse.Of(rest, request, result, model.Labels);
        RequestId.Tell(context, id);
        await ResponseSender.SendAsync(context, response);
    }

    private InferRequest Read(Memory<byte> body, long? jsonLength, RestModel rest)
    {
        if (jsonLength == 0)
        {
            return rest.Raw.Read(body, limits);
        }

        if (jsonLength > body.Length)
        {
            throw new ProtocolException($"{ModelHeaders.InferenceHeaderLength} is {jsonLength}, but the body has {body.Length} bytes");
        }

        int length = (int?)jsonLength ?? body.Length;
        return InferRequestReader.Read(body.Span[..length], body[length..], limits, rest.Names);
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
            : throw new ProtocolException($"{ModelHeaders.InferenceHeaderLength} is '{header}', expected the length of the JSON part of the body in bytes");
    }
}
