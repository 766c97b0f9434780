using System.Text.Json;
using ModelOperator.Api;
using ModelOperator.Demo.Load;

namespace ModelOperator.Demo.Play;

/// <summary>Reads what the play looks at: the ModelDeployment, and the load generator's own count of what users saw.</summary>
public sealed class Observer(Kubectl kubectl, string @namespace)
{
    public async Task<ModelDeployment> DeploymentAsync(CancellationToken cancellationToken)
    {
        string json = await kubectl.RunAsync(["get", "modeldeployment", "digits", "-o", "json"], cancellationToken);
        return JsonSerializer.Deserialize(json, ModelDeploymentResource.Type.TypeInfo)
            ?? throw new InvalidDataException("kubectl get modeldeployment printed no object.");
    }

    public async Task<LoadReport> LoadAsync(CancellationToken cancellationToken)
    {
        string json = await kubectl.RunAsync(
            ["get", "--raw", $"/api/v1/namespaces/{@namespace}/services/load:http/proxy/report"], cancellationToken);
        return JsonSerializer.Deserialize(json, LoadJson.Default.LoadReport)
            ?? throw new InvalidDataException("The load generator reported nothing.");
    }
}
