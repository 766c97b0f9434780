using System.Text.Json.Nodes;

namespace ModelOperator.Controller.Intents;

/// <summary>The restricted Pod Security Standard, which every pod of ours meets.</summary>
internal static class PodSecurity
{
    /// <summary>The user every image of ours runs as.</summary>
    public const int UserId = 1654;

    public static JsonObject Pod() => new()
    {
        ["runAsNonRoot"] = true,
        ["runAsUser"] = UserId,
        ["runAsGroup"] = UserId,
        ["fsGroup"] = UserId,
        ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
    };

    public static JsonObject Container() => new()
    {
        ["allowPrivilegeEscalation"] = false,
        ["readOnlyRootFilesystem"] = true,
        ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
    };
}
