using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>JSON of the built-in objects, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KubernetesObject))]
[JsonSerializable(typeof(ClusterRoleBinding))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(ControllerRevision))]
[JsonSerializable(typeof(Deployment))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(MutatingWebhookConfiguration))]
[JsonSerializable(typeof(NetworkPolicy))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(PodDisruptionBudget))]
[JsonSerializable(typeof(RoleBinding))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(ServiceAccount))]
[JsonSerializable(typeof(SubjectAccessReview))]
[JsonSerializable(typeof(TokenReview))]
[JsonSerializable(typeof(ValidatingWebhookConfiguration))]
public sealed partial class EntityJsonContext : JsonSerializerContext;
