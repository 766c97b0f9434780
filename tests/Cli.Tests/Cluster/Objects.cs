using System.Text.Json.Nodes;

namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>ModelDeployments as an API server hands them out.</summary>
internal static class Objects
{
    public const string Canary = """
        {"phase":"Analyzing","stableRevision":"aaaa","canaryRevision":"bbbb","replicas":3,"revisions":[{"revision":"aaaa"},{"revision":"bbbb"}],
         "rollout":{"step":0,"steps":3,"readyAt":"2026-11-29T11:00:00Z"}}
        """;

    public const string LastStep =
        """{"phase":"Analyzing","stableRevision":"aaaa","canaryRevision":"bbbb","replicas":3,"rollout":"""
        + """{"step":2,"steps":3,"readyAt":"2026-11-29T11:00:00Z"}}""";

    public const string Starting =
        """{"phase":"Starting","stableRevision":"aaaa","canaryRevision":"bbbb","replicas":3,"rollout":{"step":0,"steps":3}}""";

    public const string Stable = """
        {"phase":"Stable","stableRevision":"aaaa","replicas":2,"revisions":[{"revision":"ffff"},{"revision":"0000"},{"revision":"aaaa"}],
         "history":[{"action":"Promoted","revision":"gone"},{"action":"Promoted","revision":"0000"},{"action":"Started","revision":"ffff"},
                    {"action":"RolledBack","revision":"ffff"},{"action":"Promoted","revision":"aaaa"}]}
        """;

    public const string Forgotten =
        """{"phase":"Stable","stableRevision":"aaaa","replicas":2,"revisions":[{"revision":"0000"},{"revision":"aaaa"}]}""";

    public const string First = """{"phase":"Stable","stableRevision":"aaaa","replicas":2,"revisions":[{"revision":"aaaa"}]}""";

    public const string Rejected = """
        {"phase":"Rejected","stableRevision":"aaaa","replicas":2,"rejected":[{"revision":"bbbb","reason":"AccuracyHarmful"}],
         "revisions":[{"revision":"aaaa"},{"revision":"bbbb"}]}
        """;

    public const string Undone =
        """{"phase":"Stable","stableRevision":"aaaa","replicas":2,"undo":{"revision":"aaaa","from":"bbbb","by":"alice"}"""
        + ""","revisions":[{"revision":"aaaa"},{"revision":"bbbb"}]}""";

    public const string AtPause = """
        {"phase":"Paused","stableRevision":"aaaa","canaryRevision":"bbbb","replicas":3,
         "rollout":{"step":0,"steps":3,"readyAt":"2026-11-29T11:00:00Z","pauseStartedAt":"2026-11-29T11:30:00Z","pausedSince":"2026-11-29T11:30:00Z"}}
        """;

    public const string Undoing =
        """{"phase":"Starting","stableRevision":"bbbb","canaryRevision":"aaaa","replicas":3"""
        + ""","undo":{"revision":"aaaa","from":"bbbb"},"revisions":[{"revision":"aaaa"}]}""";

    public const string BadEvaluation =
        """{"phase":"Evaluating","stableRevision":"aaaa","canaryRevision":"bbbb","replicas":3"""
        + ""","evaluation":{"revision":"bbbb","state":"Error"},"rollout":{"step":0,"steps":3}}""";

    public const string Initializing = """{"phase":"Initializing","replicas":0}""";

    public const string Promoting = """{"phase":"Promoting","stableRevision":"bbbb","replicas":2}""";

    /// <summary>One called fraud, whose operator has seen its spec.</summary>
    public static string Fraud(string? status, string spec = "{}", string? order = null, long generation = 1)
    {
        var metadata = new JsonObject { ["name"] = "fraud", ["namespace"] = "shop", ["generation"] = generation };
        if (order is not null)
        {
            metadata["annotations"] = new JsonObject { ["modeloperator.io/control"] = order };
        }

        var fraud = new JsonObject { ["metadata"] = metadata, ["spec"] = JsonNode.Parse(spec) };
        if (status is not null)
        {
            fraud["status"] = JsonNode.Parse(status);
            fraud["status"]!["observedGeneration"] = 1;
        }

        return fraud.ToJsonString();
    }

    /// <summary>The same after the operator has dealt with an order.</summary>
    public static string Answered(string status, string order, string outcome, string message, string time = "2026-11-29T12:00:01Z")
    {
        var answered = JsonNode.Parse(status)!;
        answered["lastOrder"] = new JsonObject { ["order"] = order, ["outcome"] = outcome, ["message"] = message, ["time"] = time };
        return Fraud(answered.ToJsonString());
    }
}
