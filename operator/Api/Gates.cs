using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// A service that the operator asks in every interval until it says Safe or Harmful. The operator POSTs JSON with name, namespace,
/// revision, stableRevision, guardrail, step and canaryWeight. The service answers 200 and {"verdict":"Safe", "Harmful", "Continue" or
/// "Inconclusive", "message":"..."}, or 200 without a body for Safe. Any other answer is no data and decides nothing.
/// </summary>
public sealed class WebhookGate
{
    /// <summary>Address, http:// or https://.</summary>
    [Required, Pattern("^https?://[^/?#@\\s]+(/[^?#\\s]*)?$"), Length(8, 2048)]
    public string Url { get; set; } = "";

    /// <summary>
    /// Secret of the namespace with what the service asks for: token, or username and password; ca.crt, the certificates of a private
    /// authority; header.NAME, a further header, such as header.X-Scope-OrgID. The key endpoint names the endpoint that they are sent to,
    /// such as https://release-desk.example.com, and is required.
    /// </summary>
    public LocalSecretReference? CredentialsSecretRef { get; set; }

    /// <summary>Seconds an answer may take. Default: 10.</summary>
    [RangeMinimum(1), RangeMaximum(60)]
    public int? TimeoutSeconds { get; set; }
}

/// <summary>
/// A Kubernetes Job that runs once when the canary has traffic. Exit code 0 is Safe, any other is Harmful;
/// {"verdict":"Safe" or "Harmful","message":"..."} in the termination message takes precedence. A pod that never ran is no data.
/// </summary>
public sealed class JobGate
{
    /// <summary>
    /// Pod template (metadata.labels, metadata.annotations and spec with containers). The environment of every container gets MODEL_NAME,
    /// MODEL_NAMESPACE, CANARY_REVISION, CANARY_URL, STABLE_REVISION and STABLE_URL. Requests to the URLs go to that revision's pods and
    /// count nowhere. Of several containers the one named check gives the verdict, or the first; when it has ended the others are stopped.
    /// It may set the same fields as spec.runtime.podTemplate.
    /// </summary>
    [Required, PreserveUnknownFields]
    public JsonObject Template { get; set; } = new();

    /// <summary>Seconds the Job may take. Default: 3600.</summary>
    [RangeMinimum(1), RangeMaximum(604800)]
    public int? DeadlineSeconds { get; set; }
}
