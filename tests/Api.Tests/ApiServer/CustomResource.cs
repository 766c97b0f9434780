using ModelOperator.Testing;

namespace ModelOperator.Api.Tests.ApiServer;

/// <summary>An API server with the CRD that fits its version; taken out again, with the server, once all tests have run.</summary>
[SetUpFixture]
public sealed class CustomResource
{
    private static readonly Lazy<Task<CustomResource>> Installed = new(InstallAsync);
    private static string? _manifest;

    public required ApiServerFixture Server { get; init; }

    public required Kubectl Kubectl { get; init; }

    /// <summary>Whether the server checks the rules of the CRD.</summary>
    public required bool HasRules { get; init; }

    public static Task<CustomResource> GetAsync() => Installed.Value;

    [OneTimeTearDown]
    public static async Task RemoveAsync()
    {
        if (_manifest is not null)
        {
            var resource = await Installed.Value;
            await resource.Kubectl.RunAsync("", "delete", "--filename", _manifest, "--wait=false");
        }

        await SharedApiServer.StopAsync();
    }

    private static async Task<CustomResource> InstallAsync()
    {
        var server = await SharedApiServer.GetAsync();
        var kubectl = new Kubectl(server.Kubeconfig);
        if (!(await kubectl.TryAsync("", "get", "crd", "modeldeployments.modeloperator.io")).Succeeded)
        {
            await ModelDeploymentDefinition.InstallAsync(server);
            _manifest = await ModelDeploymentDefinition.FileAsync(server);
        }

        // Established comes before the server has told everybody what the fields are.
        await Eventually.TrueAsync(
            async () => (await kubectl.TryAsync("", "explain", "modeldeployments.spec.model.uri")).Succeeded,
            "kubectl explain knows the type");
        return new CustomResource { Server = server, Kubectl = kubectl, HasRules = await ModelDeploymentDefinition.HasRulesAsync(server) };
    }
}
