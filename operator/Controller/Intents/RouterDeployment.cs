using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Intents;

/// <summary>The router pods of a namespace: all its models' Services lead to them.</summary>
internal static class RouterDeployment
{
    public static JsonObject Build(string @namespace, IEnumerable<ModelDeployment> owners, string image, int replicas) => new()
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = RouterAccess.Metadata(@namespace, owners),
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["revisionHistoryLimit"] = 2,
            // A router goes only once its successor is ready: with it would go requests.
            ["strategy"] = new JsonObject
            {
                ["type"] = "RollingUpdate",
                ["rollingUpdate"] = new JsonObject { ["maxSurge"] = 1, ["maxUnavailable"] = 0 },
            },
            ["selector"] = new JsonObject { ["matchLabels"] = ObjectLabels.RouterSelector() },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = ObjectLabels.Router() },
                ["spec"] = PodSpec(image),
            },
        },
    };

    private static JsonObject PodSpec(string image) => new()
    {
        ["serviceAccountName"] = RouterNames.Router,
        ["enableServiceLinks"] = false,
        // Longer than the router waits for the requests it still has when it is told to end.
        ["terminationGracePeriodSeconds"] = 60,
        ["securityContext"] = PodSecurity.Pod(),
        ["topologySpreadConstraints"] = Spread.Over(ObjectLabels.RouterSelector()),
        ["containers"] = new JsonArray(Container(image)),
        ["volumes"] = new JsonArray(
            new JsonObject { ["name"] = "tmp", ["emptyDir"] = new JsonObject() },
            KeysVolume.Of(NamespaceKeys.FileName, isOptional: false)),
    };

    private static JsonObject Container(string image) => new()
    {
        ["name"] = "router",
        ["image"] = image,
        ["env"] = new JsonArray(
            KeysVolume.PodName(),
            KeysVolume.FromField("POD_NAMESPACE", "metadata.namespace"),
            KeysVolume.File("KEYS_FILE")),
        ["ports"] = new JsonArray(
            Port(RouterNames.TrafficPort, RouterNames.TrafficPortNumber),
            Port(RouterNames.AdminPort, RouterNames.AdminPortNumber)),
        ["resources"] = new JsonObject
        {
            ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "128Mi" },
            // A quota may ask for limits. These are far above what a router takes.
            ["limits"] = new JsonObject { ["cpu"] = "4", ["memory"] = "1Gi" },
        },
        ["readinessProbe"] = new JsonObject
        {
            ["httpGet"] = new JsonObject { ["path"] = "/readyz", ["port"] = RouterNames.AdminPort },
            ["periodSeconds"] = 1,
            ["timeoutSeconds"] = 2,
            ["failureThreshold"] = 3,
        },
        ["livenessProbe"] = new JsonObject
        {
            ["httpGet"] = new JsonObject { ["path"] = "/healthz", ["port"] = RouterNames.AdminPort },
            ["initialDelaySeconds"] = 10,
            ["periodSeconds"] = 10,
            ["timeoutSeconds"] = 5,
            ["failureThreshold"] = 6,
        },
        ["securityContext"] = PodSecurity.Container(),
        ["terminationMessagePolicy"] = "FallbackToLogsOnError",
        ["volumeMounts"] = new JsonArray(
            new JsonObject { ["name"] = "tmp", ["mountPath"] = "/tmp" },
            KeysVolume.Mount()),
    };

    private static JsonObject Port(string name, int number) => new()
    {
        ["name"] = name,
        ["containerPort"] = number,
        ["protocol"] = "TCP",
    };
}
