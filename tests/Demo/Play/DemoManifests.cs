using System.Security.Cryptography;

namespace ModelOperator.Demo.Play;

/// <summary>The manifests of the play, with what differs from run to run filled in.</summary>
public sealed class DemoManifests(string @namespace, string image, string modelFolder, int requestsPerSecond)
{
    public string Namespace => $$"""
        apiVersion: v1
        kind: Namespace
        metadata:
          name: {{@namespace}}
          labels: {pod-security.kubernetes.io/enforce: restricted}
        """;

    public string Store => Read("store.yaml");

    public string Load => Read("load.yaml").Replace("LOAD_RATE", requestsPerSecond.ToString());

    public string Digits(string modelFile) => Read("digits.yaml")
        .Replace("MODEL_FILE", modelFile)
        .Replace("MODEL_DIGEST", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(modelFolder, modelFile)))));

    private string Read(string name)
    {
        using var stream = typeof(DemoManifests).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The manifest {name} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("DEMO_IMAGE", image).Replace("DEMO_NAMESPACE", @namespace);
    }
}
