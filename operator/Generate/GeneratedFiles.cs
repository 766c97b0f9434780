using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Generate;

/// <summary>Every file that is made from the API types, by its path in the checkout.</summary>
public static class GeneratedFiles
{
    private const string Header = "# Generated from operator/Api by `make generate`; change it there.\n";
    private const string LegacyHeader = Header
        + "# For Kubernetes 1.24 and older, which know no x-kubernetes-validations: there the operator's webhook checks those rules.\n";

    /// <summary>Makes them all.</summary>
    public static IReadOnlyDictionary<string, string> All()
    {
        var docs = XmlDocs.Load(typeof(ModelDeployment).Assembly, typeof(Kubernetes.Entities.Condition).Assembly);
        var full = CustomResourceDefinition.Of(typeof(ModelDeployment), docs, withRules: true);
        var legacy = CustomResourceDefinition.Of(typeof(ModelDeployment), docs, withRules: false);
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["crds/modeldeployments.yaml"] = Header + Yaml.Write(full),
            ["crds/legacy/modeldeployments.yaml"] = LegacyHeader + Yaml.Write(legacy),
            ["charts/model-operator/files/modeldeployments.yaml"] = Header + Yaml.Write(Kept(full)),
            ["charts/model-operator/files/modeldeployments-legacy.yaml"] = LegacyHeader + Yaml.Write(Kept(legacy)),
            ["docs/reference/modeldeployment.md"] = ReferencePage.Write(typeof(ModelDeployment), docs),
        };
    }

    // Uninstalling the chart must not delete every ModelDeployment in the cluster.
    private static JsonObject Kept(JsonObject definition)
    {
        var copy = definition.DeepClone().AsObject();
        copy["metadata"]!["annotations"] = new JsonObject { ["helm.sh/resource-policy"] = "keep" };
        return copy;
    }
}
