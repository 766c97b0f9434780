using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Router.Watching;

/// <summary>
/// A ModelDeployment as far as routing and feedback need it. It names no other field and no enum: an operator of a newer version may write
/// what this router has never heard of, and its tables, a rollback among them, must still reach users.
/// </summary>
internal sealed class RoutedModel : KubernetesObject
{
    public static ResourceType<RoutedModel> Type { get; } = new(
        ModelDeployment.Group,
        ModelDeployment.Version,
        ModelDeployment.KindName,
        ModelDeployment.Plural,
        Namespaced: true,
        RoutedModelJson.Default.RoutedModel);

    public RoutedSpec? Spec { get; set; }

    public RoutedStatus? Status { get; set; }
}

internal sealed class RoutedSpec
{
    /// <summary>Read on its own: feedback in a form this router does not know must not cost the model its routing.</summary>
    public JsonElement? Feedback { get; set; }

    /// <summary>Of it only the largest request is read, on its own as well.</summary>
    public JsonElement? Runtime { get; set; }
}

internal sealed class RoutedStatus
{
    public RoutedTable? Routing { get; set; }
}

internal sealed class RoutedTable
{
    public long Version { get; set; }

    public List<RoutedTarget>? Targets { get; set; }
}

internal sealed class RoutedTarget
{
    public string? Revision { get; set; }

    public int Weight { get; set; }
}

internal sealed class RoutedFeedback
{
    public string? Kind { get; set; }

    public RoutedTolerance? Tolerance { get; set; }

    public string? ClientIds { get; set; }
}

internal sealed class RoutedTolerance
{
    public string? Absolute { get; set; }

    public string? Percent { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RoutedModel))]
[JsonSerializable(typeof(RoutedFeedback))]
internal sealed partial class RoutedModelJson : JsonSerializerContext;
