using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>Which webhooks the API server asks. Fields not named here are kept, so that an object read can be written back whole.</summary>
public abstract class WebhookConfiguration : KubernetesObject
{
    public List<AdmissionWebhook>? Webhooks { get; set; }
}

/// <summary>admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration.</summary>
public sealed class ValidatingWebhookConfiguration : WebhookConfiguration;

/// <summary>admissionregistration.k8s.io/v1 MutatingWebhookConfiguration.</summary>
public sealed class MutatingWebhookConfiguration : WebhookConfiguration;

public sealed class AdmissionWebhook
{
    public string Name { get; set; } = "";
    public WebhookClientConfig ClientConfig { get; set; } = new();

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}

public sealed class WebhookClientConfig
{
    /// <summary>PEM certificates the server trusts for the webhook.</summary>
    public byte[]? CaBundle { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}
