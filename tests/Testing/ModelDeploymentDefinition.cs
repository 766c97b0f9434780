namespace ModelOperator.Testing;

/// <summary>The CRD of the repository, in the form that a server understands.</summary>
public static class ModelDeploymentDefinition
{
    public static async Task InstallAsync(ApiServerFixture server)
    {
        var kubectl = new Kubectl(server.Kubeconfig);
        await kubectl.RunAsync("", "apply", "--filename", await FileAsync(server));
        // Some kubectl fail on a definition that has no conditions yet, where they should wait.
        await Eventually.TrueAsync(
            async () => (await kubectl.TryAsync(
                "", "wait", "--for=condition=Established", "crd/modeldeployments.modeloperator.io", "--timeout=30s")).Succeeded,
            "the definition is established");
    }

    /// <summary>The manifest with CEL rules, which servers understand from 1.25 on, or the one without.</summary>
    public static async Task<string> FileAsync(ApiServerFixture server) =>
        Path.Combine(Repository.Root, "crds", await HasRulesAsync(server) ? "" : "legacy", "modeldeployments.yaml");

    public static async Task<bool> HasRulesAsync(ApiServerFixture server) => await server.VersionAsync() >= new Version(1, 25);
}
