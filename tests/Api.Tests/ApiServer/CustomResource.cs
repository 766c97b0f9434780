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
        var hasRules = (await server.Client.DiscoverAsync(CancellationToken.None)).HasValidationRules;
        if (!(await kubectl.TryAsync("", "get", "crd", "modeldeployments.modeloperator.io")).Succeeded)
        {
            var manifest = Path.Combine(Repository.Root, "crds", hasRules ? "" : "legacy", "modeldeployments.yaml");
            await kubectl.RunAsync("", "apply", "--filename", manifest);
            _manifest = manifest;
        }

        await kubectl.RunAsync("", "wait", "--for=condition=Established", "crd/modeldeployments.modeloperator.io", "--timeout=30s");

        // Established comes before the server has told everybody what the fields are.
        await Eventually.TrueAsync(
            async () => (await kubectl.TryAsync("", "explain", "modeldeployments.spec.model.uri")).Succeeded, "kubectl explain knows the type");
        return new CustomResource { Server = server, Kubectl = kubectl, HasRules = hasRules };
    }
}
