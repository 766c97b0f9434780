using System.Net;
using System.Text.Json;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;

namespace ModelOperator.Controller.Observe;

/// <summary>
/// Tells whether the CRD in the cluster knows every field that this operator reads and writes. With an older one evidence would be lost at
/// each look, and what a user asks for would be skipped without a word.
/// </summary>
internal sealed class DefinitionCheck(IKubernetesClient client, TimeProvider timeProvider)
{
    private const string Name = $"{ModelDeployment.Plural}.{ModelDeployment.Group}";
    private const int MostNamed = 10;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LifetimeOfProblem = TimeSpan.FromSeconds(10);

    private volatile Finding? _last;

    private sealed record Finding(string? Problem, long Timestamp);

    /// <summary>One sentence that names what is missing; null when nothing is, or when the operator may not read the CRD.</summary>
    public async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (_last is { } known && timeProvider.GetElapsedTime(known.Timestamp) < (known.Problem is null ? Lifetime : LifetimeOfProblem))
        {
            return known.Problem;
        }

        string? problem = await LookAsync(cancellationToken);
        _last = new Finding(problem, timeProvider.GetTimestamp());
        return problem;
    }

    private async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            CustomResourceDefinition? definition = await client.GetAsync(CustomResourceDefinition.Type, null, Name, cancellationToken);
            return definition?.Spec.Versions.Find(version => version.Name == ModelDeployment.Version)?.Schema is { } schema
                ? Explain(schema.OpenApiSchema)
                : null;
        }
        catch (KubernetesException e) when (e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            return null;
        }
    }

    private static string? Explain(JsonElement schema)
    {
        JsonElement properties = schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out JsonElement found)
            ? found
            : default;
        List<string> missing =
        [
            .. SchemaFields.Missing(ApiJsonContext.Default.ModelDeploymentSpec, Child(properties, "spec"), "spec"),
            .. SchemaFields.Missing(ApiJsonContext.Default.ModelDeploymentStatus, Child(properties, "status"), "status"),
        ];
        string more = missing.Count > MostNamed ? $" and {missing.Count - MostNamed} more" : "";
        return missing.Count == 0
            ? null
            : $"CustomResourceDefinition {Name} is older than the operator and does not know "
                + $"{string.Join(", ", missing.Take(MostNamed))}{more}: the operator decides nothing "
                + "until it does; upgrade the chart with crds.enabled, or apply crds/modeldeployments.yaml of the operator's version";
    }

    private static JsonElement Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement child) ? child : default;
}
