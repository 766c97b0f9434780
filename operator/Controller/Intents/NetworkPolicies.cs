using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// Who may connect to the pods of a namespace, where its network enforces it. Policies add up: one of the user's opens what these leave
/// closed. What the kubelet asks comes from the pod's own node, which networks let through.
/// </summary>
internal static class NetworkPolicies
{
    /// <summary>Name of the policy of the pods that serve models.</summary>
    public const string Inference = "model-inference";

    /// <summary>
    /// Clients may reach a router's port for traffic; its admin port is for the operator, other routers and what collects metrics.
    /// </summary>
    public static JsonObject Routers(string @namespace, IEnumerable<ModelDeployment> owners, JsonArray monitoring) => Policy(
        @namespace,
        RouterNames.Router,
        owners,
        ObjectLabels.RouterSelector(),
        new JsonObject { ["ports"] = Ports(RouterNames.TrafficPort) },
        new JsonObject
        {
            ["ports"] = Ports(RouterNames.AdminPort),
            ["from"] = new JsonArray(
                new JsonObject { ["podSelector"] = Labelled(ObjectLabels.RouterSelector()) },
                // In any namespace: before 1.21 namespaces have no label with their name. Keys tell the operator from others with its
                // labels.
                new JsonObject
                {
                    ["namespaceSelector"] = new JsonObject(),
                    ["podSelector"] = Labelled(new JsonObject { [Labels.Name] = Labels.Operator, [Labels.Component] = "operator" }),
                }),
        },
        Monitoring(monitoring));

    /// <summary>Routers ask the pods that serve models, and so do the Jobs of evaluations and guardrails.</summary>
    public static JsonObject InferencePods(string @namespace, IEnumerable<ModelDeployment> owners, JsonArray monitoring) => Policy(
        @namespace,
        Inference,
        owners,
        new JsonObject { [Labels.ManagedBy] = Labels.Operator, [Labels.Component] = Labels.InferenceComponent },
        new JsonObject
        {
            ["ports"] = Ports(InferencePodTemplate.PortName, InferencePodTemplate.GrpcPortName),
            ["from"] = new JsonArray(new JsonObject
            {
                ["podSelector"] = new JsonObject
                {
                    ["matchLabels"] = new JsonObject { [Labels.ManagedBy] = Labels.Operator },
                    ["matchExpressions"] = new JsonArray(new JsonObject
                    {
                        ["key"] = Labels.Component,
                        ["operator"] = "In",
                        ["values"] = new JsonArray(Labels.RouterComponent, Labels.EvaluationComponent, Labels.GateComponent),
                    }),
                },
            }),
        },
        Monitoring(monitoring));

    private static JsonObject Policy(
        string @namespace, string name, IEnumerable<ModelDeployment> owners, JsonObject selector, params JsonObject?[] ingress)
    {
        JsonObject metadata = RouterAccess.Metadata(@namespace, owners);
        metadata["name"] = name;
        return new JsonObject
        {
            ["apiVersion"] = "networking.k8s.io/v1",
            ["kind"] = "NetworkPolicy",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject
            {
                ["podSelector"] = Labelled(selector),
                ["policyTypes"] = new JsonArray("Ingress"),
                ["ingress"] = new JsonArray([.. ingress.OfType<JsonObject>()]),
            },
        };
    }

    // Any port: a sidecar has its own. Without a peer "from" would mean everybody.
    private static JsonObject? Monitoring(JsonArray peers) => peers.Count == 0 ? null : new JsonObject { ["from"] = peers.DeepClone() };

    private static JsonArray Ports(params string[] names) =>
        new([.. names.Select(name => new JsonObject { ["protocol"] = "TCP", ["port"] = name })]);

    private static JsonObject Labelled(JsonObject labels) => new() { ["matchLabels"] = labels };
}
