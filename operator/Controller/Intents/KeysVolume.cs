using System.Text.Json.Nodes;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// How a pod gets keys of its namespace: one file of their Secret, so that an inference pod does not see what signs predictions.
/// </summary>
internal static class KeysVolume
{
    private const string Name = NamespaceKeys.SecretName;
    private const string Directory = "/etc/model-router";

    // 0440: the pod's group is the one that our programs run as.
    private const int OwnerAndGroupRead = 288;

    /// <param name="file">The file in the Secret.</param>
    /// <param name="isOptional">Whether the pod starts without it.</param>
    public static JsonObject Of(string file, bool isOptional)
    {
        var secret = new JsonObject
        {
            ["secretName"] = NamespaceKeys.SecretName,
            ["items"] = new JsonArray(new JsonObject { ["key"] = file, ["path"] = NamespaceKeys.FileName }),
            ["defaultMode"] = OwnerAndGroupRead,
        };
        if (isOptional)
        {
            secret["optional"] = true;
        }

        return new JsonObject { ["name"] = Name, ["secret"] = secret };
    }

    public static JsonObject Mount() => new() { ["name"] = Name, ["mountPath"] = Directory, ["readOnly"] = true };

    /// <summary>The variable of that name says where the keys are.</summary>
    public static JsonObject File(string variable) => new() { ["name"] = variable, ["value"] = $"{Directory}/{NamespaceKeys.FileName}" };

    /// <summary>The variable that says for whom a token must be.</summary>
    public static JsonObject PodName() => FromField("POD_NAME", "metadata.name");

    public static JsonObject FromField(string name, string path) => new()
    {
        ["name"] = name,
        ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = path } },
    };
}
