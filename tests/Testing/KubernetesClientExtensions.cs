using System.Net;
using System.Text.Json.Nodes;
using k8s.Autorest;
using k8s.Models;

namespace ModelOperator.Testing;

/// <summary>What KubernetesClient says in more words.</summary>
public static class KubernetesClientExtensions
{
    /// <summary>Null for what is not there.</summary>
    public static async Task<T?> OrNullAsync<T>(this Task<T> read)
        where T : class
    {
        try
        {
            return await read;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public static V1Patch MergePatch(this JsonObject patch) => new(patch.ToJsonString(), V1Patch.PatchType.MergePatch);

    /// <summary>A merge patch of the status alone.</summary>
    public static V1Patch StatusPatch(this JsonNode? status) => new JsonObject { ["status"] = status }.MergePatch();

    public static V1Patch ApplyPatch(this JsonObject intent) => new(intent.ToJsonString(), V1Patch.PatchType.ApplyPatch);
}
