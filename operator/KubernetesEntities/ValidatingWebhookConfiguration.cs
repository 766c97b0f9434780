using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>
/// admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration. Fields not named here are kept, so that an object read can be
/// written back whole.
/// </summary>
public sealed class ValidatingWebhookConfiguration : KubernetesObject
{
    public List<ValidatingWebhook>? Webhooks { get; set; }
}

public sealed class ValidatingWebhook
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
