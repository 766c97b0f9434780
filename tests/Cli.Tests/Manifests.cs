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
    public static string Sample(string name) => Path.Combine(Root(), "crds", "samples", name);

    /// <summary>What the demo applies.</summary>
    public static string Demo() =>
        File.ReadAllText(Path.Combine(Root(), "tests", "Demo", "manifests", "digits.yaml")).Replace("MODEL_DIGEST", new string('0', 64));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "crds", "samples")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("crds/samples is nowhere above the tests");
        }

        return folder.FullName;
    }
}
