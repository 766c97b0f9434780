namespace ModelOperator.Cli.Tests;

/// <summary>Manifests of the tests.</summary>
internal static class Manifests
{
    /// <summary>A manifest with this analysis.</summary>
    public static string With(string analysis) => $$$"""
        apiVersion: modeloperator.io/v1alpha1
        kind: ModelDeployment
        metadata: {name: digits, labels: {team: vision}}
        spec:
          model: {uri: "http://model-store/digits-v1.onnx"}
          rollout:
            analysis: {{{analysis}}}
        """;

    /// <summary>A sample of the repository.</summary>
    public static string Sample(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "crds", "samples")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("crds/samples is nowhere above the tests");
        }

        return Path.Combine(folder.FullName, "crds", "samples", name);
    }
}
