using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// A service asked in every interval, until it says Safe or Harmful: POST of JSON with name, namespace, revision, stableRevision, guardrail, step
/// and canaryWeight; answered with 200 and {"verdict":"Safe", "Harmful", "Continue" or "Inconclusive","message":"..."}, or with 200 and no body
/// for Safe. Any other answer is no data and decides nothing.
/// </summary>
public sealed class WebhookGate
{
    /// <summary>Address, http:// or https://.</summary>
    [Required, Pattern("^https?://[^/?#@\\s]+(/\\S*)?$"), Length(8, 2048)]
    public string Url { get; set; } = "";

    /// <summary>Seconds an answer may take.</summary>
    [DefaultValue(10), RangeMinimum(1), RangeMaximum(60)]
    public int? TimeoutSeconds { get; set; }
}

/// <summary>
/// A Kubernetes Job run once when the canary has traffic. It is Safe when its pod ends with exit code 0 and Harmful when it ends with another;
/// {"verdict":"Safe" or "Harmful","message":"..."} in the termination message comes before the exit code. A pod that never ran is no data.
/// </summary>
public sealed class JobGate
{
    /// <summary>
    /// Pod template (metadata.labels, metadata.annotations and spec with containers). The environment of every container gets MODEL_NAME,
    /// MODEL_NAMESPACE, CANARY_REVISION, CANARY_URL, STABLE_REVISION and STABLE_URL; requests to the URLs go to that revision's pods and count nowhere.
    /// </summary>
    [Required, PreserveUnknownFields]
    public JsonObject Template { get; set; } = new();

    /// <summary>Seconds the Job may take.</summary>
    [DefaultValue(3600), RangeMinimum(1), RangeMaximum(604800)]
    public int? DeadlineSeconds { get; set; }
}
