using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving;

/// <summary>What the server and its model are, and how they do.</summary>
internal sealed class MetadataEndpoints(ModelRepository models, DrainState drain)
{
    public static readonly ServerMetadata Metadata = new()
    {
        Name = "model-operator-inference-runtime",
        Version = typeof(MetadataEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0",
        Extensions =
        [
            "binary_tensor_data", "classification", "model_configuration", "model_repository", "parameters",
            "schedule_policy", "statistics", "feedback",
        ],
    };

    public static Task ServerAsync(HttpContext context) => Responses.WriteAsync(context, Metadata, ProtocolJson.Default.ServerMetadata);

    /// <summary>Alive unless only a restart helps; a model that is still being loaded is no reason for one.</summary>
    public Task LiveAsync(HttpContext context) => models.Healthy
        ? Responses.WriteAsync(context, new LiveAnswer(true), ProtocolJson.Default.LiveAnswer)
        : Responses.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "a model is broken");

    /// <summary>Ready when everything is loaded and warm, and not once told to stop.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        IReadOnlyList<ServedModel> all = models.All;
        string? reason = drain.Draining ? "the server is stopping"
            : all.FirstOrDefault(m => !m.Ready) is { } model ? Reason(model)
            : null;
        return AnswerAsync(context, new ReadyAnswer(null, true), reason);
    }

    public Task ModelReadyAsync(HttpContext context)
    {
        ServedModel model = ModelRoute.Find(context, models);
        return AnswerAsync(
            context, new ReadyAnswer(model.Name, true), drain.Draining ? "the server is stopping" : model.Ready ? null : Reason(model));
    }

    public Task ModelAsync(HttpContext context)
    {
        ServedModel served = ModelRoute.Find(context, models);
        OnnxModel model = ModelRoute.Require(context, served);
        ModelMetadata metadata = new()
        {
            Name = served.Name,
            Versions = [.. models.Versions(served.Name).Select(m => m.Version)],
            Platform = ModelConfigs.Platform,
            Inputs = [.. model.Inputs.Select(i => i.ToMetadata())],
            Outputs = [.. model.Outputs.Select(o => o.ToMetadata())],
        };
        return Responses.WriteAsync(context, metadata, ProtocolJson.Default.ModelMetadata);
    }

    private static string Reason(ServedModel model) => model.Healthy ? "the model is being loaded" : "the model is broken";

    private static Task AnswerAsync(HttpContext context, ReadyAnswer ready, string? reason) => reason is null
        ? Responses.WriteAsync(context, ready, ProtocolJson.Default.ReadyAnswer)
        : Responses.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, reason);
}
