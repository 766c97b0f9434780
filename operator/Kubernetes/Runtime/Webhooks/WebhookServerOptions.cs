namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>How the API server reaches the webhooks and why it trusts them.</summary>
public sealed record WebhookServerOptions
{
    /// <summary>HTTPS port; 0 picks a free one.</summary>
    public int Port { get; init; } = 9443;

    /// <summary>DNS names and IP addresses the API server may use, such as <c>model-operator.model-operator-system.svc</c>.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Where the Secret with the certificates is kept; it is made when missing and shared by all replicas.</summary>
    public required string SecretNamespace { get; init; }

    public required string SecretName { get; init; }

    /// <summary>The ValidatingWebhookConfiguration and the MutatingWebhookConfiguration whose webhooks get the CA.</summary>
    public required string ConfigurationName { get; init; }

    /// <summary>How often certificates and configuration are looked at.</summary>
    public TimeSpan CheckPeriod { get; init; } = TimeSpan.FromMinutes(1);
}
