using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Api.Validation;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// A pod that fetches the model file once and then serves it, before the user's pod template is merged over it. A revision keeps its image
/// when the operator is upgraded, so what a later release adds must not be an argument that earlier images refuse: give it as a file that
/// they do not look for.
/// </summary>
internal static class InferencePodTemplate
{
    public const string FetchContainer = PodTemplatePolicy.FetchContainer;
    public const string RuntimeContainer = "runtime";

    /// <summary>Name of the port that serves.</summary>
    public const string PortName = "http";

    /// <summary>Name of the port that serves gRPC.</summary>
    public const string GrpcPortName = "grpc";

    private const string ModelsDirectory = "/models";
    private const string ModelFile = $"{ModelsDirectory}/model.onnx";
    private const int Port = 8080;
    private const int GrpcPort = 9000;
    private const string CacheDirectory = "/cache";
    private const int StandardRequestSeconds = 30;

    /// <summary>What the server takes to end besides its longest request: it serves on until clients have gone, and has a margin.</summary>
    private const int EndingSeconds = ServeArguments.DrainSeconds + 10;

    /// <param name="model">Name of the ModelDeployment.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="effective">Its spec.</param>
    /// <param name="allowedNetworks">What the installation allows models to come from; null for public addresses alone.</param>
    public static JsonObject Build(string model, string revision, EffectiveSpec effective, string? allowedNetworks)
    {
        var given = FetchVolumes.OfModel(model, revision, effective.Model, allowedNetworks);
        var spec = new JsonObject
        {
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["terminationGracePeriodSeconds"] = GraceSeconds(effective.Runtime.Tuning),
            ["securityContext"] = PodSecurity.Pod(),
            ["topologySpreadConstraints"] = Spread.Over(ObjectLabels.Revision(model, revision)),
            ["initContainers"] = new JsonArray(Fetch(effective.Model, effective.Runtime.Image, given)),
            ["containers"] = new JsonArray(Runtime(model, effective)),
            ["volumes"] = Volumes(given),
        };
        if (effective.Runtime.Gpu is { } gpu)
        {
            spec["tolerations"] = new JsonArray(
                new JsonObject { ["key"] = gpu.ResourceName, ["operator"] = "Exists", ["effect"] = "NoSchedule" });
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = ObjectLabels.Revision(model, revision) },
            ["spec"] = spec,
        };
    }

    private static JsonObject Fetch(ModelSource source, string image, FetchVolumes given)
    {
        IEnumerable<string> arguments =
        [
            "fetch",
            "--uri", source.Uri,
            .. source.Digest is { } digest ? ["--digest", digest] : Array.Empty<string>(),
            "--output", ModelFile,
            .. given.Arguments,
        ];
        return new JsonObject
        {
            ["name"] = FetchContainer,
            ["image"] = image,
            ["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]),
            ["resources"] = HelperResources.Build(),
            ["securityContext"] = PodSecurity.Container(),
            ["terminationMessagePolicy"] = "FallbackToLogsOnError",
            ["volumeMounts"] = new JsonArray([Mount("models", ModelsDirectory), Mount("tmp", "/tmp"), .. given.Mounts]),
        };
    }

    // Longer than the server waits for the requests it still has when it is told to end.
    private static int GraceSeconds(EffectiveTuning tuning) =>
        EndingSeconds + (int)Math.Ceiling((tuning.RequestTimeoutMilliseconds / 1000.0) ?? StandardRequestSeconds);

    private static JsonObject Runtime(string model, EffectiveSpec effective)
    {
        EffectiveRuntime runtime = effective.Runtime;
        JsonObject resources = Requests();
        if (runtime.Gpu is { } gpu)
        {
            resources["limits"] = new JsonObject { [gpu.ResourceName] = gpu.Count.ToString() };
        }

        return new JsonObject
        {
            ["name"] = RuntimeContainer,
            ["image"] = runtime.Image,
            ["args"] = new JsonArray(
                [.. ServeArguments.Of(model, ModelFile, Port, GrpcPort, CacheDirectory, effective).Select(argument => (JsonNode)argument)]),
            // Variables and no arguments: an image that does not know them yet goes on without.
            ["env"] = new JsonArray(KeysVolume.PodName(), KeysVolume.File("INFERENCE_KEYS_FILE")),
            ["ports"] = new JsonArray(
                new JsonObject { ["name"] = PortName, ["containerPort"] = Port, ["protocol"] = "TCP" },
                new JsonObject { ["name"] = GrpcPortName, ["containerPort"] = GrpcPort, ["protocol"] = "TCP" }),
            ["resources"] = resources,
            ["startupProbe"] = Probe("/v2/health/live", periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 600),
            ["readinessProbe"] = Probe("/v2/health/ready", periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3),
            ["livenessProbe"] = Probe("/v2/health/live", periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6),
            ["securityContext"] = PodSecurity.Container(),
            ["terminationMessagePolicy"] = "FallbackToLogsOnError",
            ["volumeMounts"] = new JsonArray(
                Mount("models", ModelsDirectory, readOnly: true), Mount("cache", CacheDirectory), Mount("tmp", "/tmp"), KeysVolume.Mount()),
        };
    }

    private static JsonArray Volumes(FetchVolumes given) => new(
    [
        new JsonObject { ["name"] = "models", ["emptyDir"] = new JsonObject() },
        // What is made of the model at the first start; a volume of this name in the pod template keeps it from pod to pod.
        new JsonObject { ["name"] = "cache", ["emptyDir"] = new JsonObject() },
        new JsonObject { ["name"] = "tmp", ["emptyDir"] = new JsonObject() },
        // A pod without them serves, and takes no feedback until they are there.
        KeysVolume.Of(NamespaceKeys.InferenceFileName, isOptional: true),
        .. given.Volumes,
    ]);

    private static JsonObject Requests() => new()
    {
        ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "256Mi" },
    };

    private static JsonObject Probe(string path, int periodSeconds, int timeoutSeconds, int failureThreshold) => new()
    {
        ["httpGet"] = new JsonObject { ["path"] = path, ["port"] = "http" },
        ["periodSeconds"] = periodSeconds,
        ["timeoutSeconds"] = timeoutSeconds,
        ["failureThreshold"] = failureThreshold,
    };

    private static JsonObject Mount(string name, string path, bool readOnly = false)
    {
        var mount = new JsonObject { ["name"] = name, ["mountPath"] = path };
        if (readOnly)
        {
            mount["readOnly"] = true;
        }

        return mount;
    }
}
