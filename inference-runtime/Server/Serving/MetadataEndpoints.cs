using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving;

/// <summary>What the server and its model are, and how they do.</summary>
internal sealed class MetadataEndpoints(ModelRepository models, ServedModel served, DrainState drain)
{
    public static readonly ServerMetadata Metadata = new()
    {
        Name = "model-operator-inference-runtime",
        Version = typeof(MetadataEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0",
        Extensions = ["feedback"],
    };

    public static Task ServerAsync(HttpContext context) => Responses.WriteAsync(context, Metadata, ProtocolJson.Default.ServerMetadata);

    /// <summary>Alive unless only a restart helps; a model that is still being loaded is no reason for one.</summary>
    public Task LiveAsync(HttpContext context) => served.Healthy
        ? OkAsync(context)
        : Responses.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "the model is broken");

    /// <summary>Ready when loaded and warm, and not once told to stop.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        string? reason = drain.Draining ? "the server is stopping" : !served.Healthy ? "the model is broken" : !served.Ready ? "the model is being loaded" : null;
        return reason is null ? OkAsync(context) : Responses.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, reason);
    }

    public Task ModelReadyAsync(HttpContext context)
    {
        _ = ModelRoute.Find(context, models);
        return ReadyAsync(context);
    }

    public Task ModelAsync(HttpContext context)
    {
        OnnxModel model = ModelRoute.Require(context, ModelRoute.Find(context, models));
        ModelMetadata metadata = new()
        {
            Name = served.Name,
            Versions = [served.Version],
            Platform = "onnxruntime_onnx",
            Inputs = [.. model.Inputs.Select(i => i.ToMetadata())],
            Outputs = [.. model.Outputs.Select(o => o.ToMetadata())],
        };
        return Responses.WriteAsync(context, metadata, ProtocolJson.Default.ModelMetadata);
    }

    private static Task OkAsync(HttpContext context) => Responses.WriteAsync(context, ReadOnlyMemory<byte>.Empty);
}
