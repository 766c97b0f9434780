using System.Text.Json;
using ModelOperator.Api;
using ModelOperator.Demo.Load;

namespace ModelOperator.Demo.Play;

/// <summary>Reads what the play looks at: the ModelDeployment, and the load generator's own count of what users saw.</summary>
public sealed class Observer(Kubectl kubectl, string @namespace)
{
    private string? loadPod;

    public async Task<ModelDeployment> DeploymentAsync(CancellationToken cancellationToken)
    {
        string json = await kubectl.RunAsync(["get", "modeldeployment", "digits", "-o", "json"], cancellationToken);
        return JsonSerializer.Deserialize(json, ModelDeploymentResource.Type.TypeInfo)
            ?? throw new InvalidDataException("kubectl get modeldeployment printed no object.");
    }

    /// <summary>Asks the generator's pod itself: no Service stands between, which would have no endpoint while the pod is slow.</summary>
    public async Task<LoadReport> LoadAsync(CancellationToken cancellationToken)
    {
        loadPod ??= await kubectl.RunAsync(
            ["get", "pods", "--selector", "app.kubernetes.io/name=load", "-o", "jsonpath={.items[0].metadata.name}"], cancellationToken);
        string json = await kubectl.RunAsync(
            ["get", "--raw", $"/api/v1/namespaces/{@namespace}/pods/{loadPod}:8080/proxy/report"], cancellationToken);
        return JsonSerializer.Deserialize(json, LoadJson.Default.LoadReport)
            ?? throw new InvalidDataException("The load generator reported nothing.");
    }
}
