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

    /// <summary>
    /// What a container of the user's own gets unless it says otherwise. Whether it may write to its root file system is its image's
    /// business.
    /// </summary>
    public static JsonObject UsersContainer(JsonObject container) => PodTemplateMerge.Merge(
        new JsonObject
        {
            ["securityContext"] = new JsonObject
            {
                ["allowPrivilegeEscalation"] = false,
                ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
            },
        },
        container);

    public static JsonObject Container() => new()
    {
        ["allowPrivilegeEscalation"] = false,
        ["readOnlyRootFilesystem"] = true,
        ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
    };
}
