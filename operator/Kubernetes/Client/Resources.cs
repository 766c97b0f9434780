using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client;

/// <summary>The built-in types the project reads or writes.</summary>
public static class Resources
{
    private static readonly EntityJsonContext Json = EntityJsonContext.Default;

    public static ResourceType<ClusterRoleBinding> ClusterRoleBindings { get; } = new(
        "rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false, Json.ClusterRoleBinding);

    public static ResourceType<ConfigMap> ConfigMaps { get; } = new("", "v1", "ConfigMap", "configmaps", true, Json.ConfigMap);

    public static ResourceType<ControllerRevision> ControllerRevisions { get; } = new(
        "apps", "v1", "ControllerRevision", "controllerrevisions", true, Json.ControllerRevision);

    public static ResourceType<Deployment> Deployments { get; } = new("apps", "v1", "Deployment", "deployments", true, Json.Deployment);

    public static ResourceType<Event> Events { get; } = new("events.k8s.io", "v1", "Event", "events", true, Json.Event);

    public static ResourceType<Job> Jobs { get; } = new("batch", "v1", "Job", "jobs", true, Json.Job);

    public static ResourceType<Lease> Leases { get; } = new("coordination.k8s.io", "v1", "Lease", "leases", true, Json.Lease);

    public static ResourceType<MutatingWebhookConfiguration> MutatingWebhookConfigurations { get; } = new(
        "admissionregistration.k8s.io",
        "v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        false,
        Json.MutatingWebhookConfiguration);

    public static ResourceType<NetworkPolicy> NetworkPolicies { get; } = new(
        "networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true, Json.NetworkPolicy);

    public static ResourceType<PodDisruptionBudget> PodDisruptionBudgets { get; } = new(
        "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true, Json.PodDisruptionBudget);

    /// <summary>As servers before 1.21 know them; those from 1.25 on do not.</summary>
    public static ResourceType<PodDisruptionBudget> PodDisruptionBudgetsBeta { get; } = PodDisruptionBudgets with { Version = "v1beta1" };

    public static ResourceType<Pod> Pods { get; } = new("", "v1", "Pod", "pods", true, Json.Pod);

    public static ResourceType<RoleBinding> RoleBindings { get; } = new(
        "rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true, Json.RoleBinding);

    public static ResourceType<Secret> Secrets { get; } = new("", "v1", "Secret", "secrets", true, Json.Secret);

    public static ResourceType<Service> Services { get; } = new("", "v1", "Service", "services", true, Json.Service);

    public static ResourceType<ServiceAccount> ServiceAccounts { get; } = new(
        "", "v1", "ServiceAccount", "serviceaccounts", true, Json.ServiceAccount);

    public static ResourceType<SubjectAccessReview> SubjectAccessReviews { get; } = new(
        "authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", false, Json.SubjectAccessReview);

    public static ResourceType<TokenReview> TokenReviews { get; } = new(
        "authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false, Json.TokenReview);

    public static ResourceType<ValidatingWebhookConfiguration> ValidatingWebhookConfigurations { get; } = new(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        false,
        Json.ValidatingWebhookConfiguration);
}
