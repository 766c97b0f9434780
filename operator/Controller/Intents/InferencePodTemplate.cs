using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>A pod that fetches the model file once and then serves it, before the user's pod template is merged over it.</summary>
internal static class InferencePodTemplate
{
    public const string FetchContainer = "fetch";
    public const string RuntimeContainer = "runtime";

    /// <summary>Where a Secret with credentials for a store is mounted.</summary>
    public const string CredentialsDirectory = "/var/run/modeloperator/credentials";

    /// <summary>Mode of what is mounted of it.</summary>
    public const int OwnerAndGroupRead = 288; // 0440

    /// <summary>Name of the port that serves.</summary>
    public const string PortName = "http";

    private const string ModelsDirectory = "/models";
    private const string ModelFile = $"{ModelsDirectory}/model.onnx";
    private const int Port = 8080;
    private const string GrpcPortName = "grpc";
    private const int GrpcPort = 9000;
    private const string CacheDirectory = "/cache";
    private const int ShortestGraceSeconds = 60;

    /// <summary>What the server takes to end besides its longest request: it serves on until clients have gone, and has a margin.</summary>
    private const int EndingSeconds = 15;

    public static JsonObject Build(string model, string revision, EffectiveSpec effective)
    {
        var spec = new JsonObject
        {
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["terminationGracePeriodSeconds"] = GraceSeconds(effective.Runtime.Tuning),
            ["securityContext"] = PodSecurity.Pod(),
            ["topologySpreadConstraints"] = Spread.Over(ObjectLabels.Revision(model, revision)),
            ["initContainers"] = new JsonArray(Fetch(effective.Model, effective.Runtime.Image)),
            ["containers"] = new JsonArray(Runtime(model, effective)),
            ["volumes"] = Volumes(effective.Model),
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

    private static JsonObject Fetch(ModelSource source, string image)
    {
        var arguments = new JsonArray("fetch", "--uri", source.Uri);
        if (source.Digest is { } digest)
        {
            AddArguments(arguments, "--digest", digest);
        }

        AddArguments(arguments, "--output", ModelFile);
        var mounts = new JsonArray(Mount("models", ModelsDirectory), Mount("tmp", "/tmp"));
        if (source.CredentialsSecretRef is not null)
        {
            AddArguments(arguments, "--credentials", CredentialsDirectory);
            mounts.Add((JsonNode)Mount("credentials", CredentialsDirectory, readOnly: true));
        }

        return new JsonObject
        {
            ["name"] = FetchContainer,
            ["image"] = image,
            ["args"] = arguments,
            ["resources"] = Requests(),
            ["securityContext"] = PodSecurity.Container(),
            ["terminationMessagePolicy"] = "FallbackToLogsOnError",
            ["volumeMounts"] = mounts,
        };
    }

    // Longer than the server waits for the requests it still has when it is told to end.
    private static int GraceSeconds(EffectiveTuning tuning) => Math.Max(
        ShortestGraceSeconds, EndingSeconds + (int)Math.Ceiling((tuning.RequestTimeoutMilliseconds ?? 0) / 1000.0));

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
                Mount("models", ModelsDirectory, readOnly: true), Mount("cache", CacheDirectory), Mount("tmp", "/tmp")),
        };
    }

    private static JsonArray Volumes(ModelSource source)
    {
        var volumes = new JsonArray(
            new JsonObject { ["name"] = "models", ["emptyDir"] = new JsonObject() },
            // What is made of the model at the first start; a volume of this name in the pod template keeps it from pod to pod.
            new JsonObject { ["name"] = "cache", ["emptyDir"] = new JsonObject() },
            new JsonObject { ["name"] = "tmp", ["emptyDir"] = new JsonObject() });
        if (source.CredentialsSecretRef is { } secret)
        {
            volumes.Add((JsonNode)new JsonObject
            {
                ["name"] = "credentials",
                ["secret"] = new JsonObject { ["secretName"] = secret.Name, ["defaultMode"] = OwnerAndGroupRead },
            });
        }

        return volumes;
    }

    private static void AddArguments(JsonArray arguments, string option, string value)
    {
        arguments.Add((JsonNode)option);
        arguments.Add((JsonNode)value);
    }

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
