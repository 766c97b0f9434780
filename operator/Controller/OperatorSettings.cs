using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Addressing;
using ModelOperator.Api.Validation;
using ModelOperator.Controller.Sources;

namespace ModelOperator.Controller;

/// <summary>How the program runs, from its environment.</summary>
internal sealed record OperatorSettings
{
    /// <summary>Name of the operator, its Service, its webhook configuration and its lease.</summary>
    public const string Name = "model-operator";

    /// <summary>Variables and what they mean, for --help.</summary>
    public const string Help =
        """
          RUNTIME_IMAGE    image of the inference runtime where a ModelDeployment names none (required)
          ROUTER_IMAGE     image of the router (required)
          ROUTER_REPLICAS  router pods of a namespace, 1 to 100 (default 2)
          ALLOWED_MODEL_NETWORKS  what models and data sets may come from besides public addresses: networks such as 10.96.0.0/12,
                           separated by commas, "private" for all private networks, or "loopback" (default: nothing)
          ALLOWED_SOURCE_NETWORKS  where Prometheus servers and webhooks may be besides at public addresses: the same forms
                           (default: private)
          ALLOWED_POD_FIELDS  fields of pod templates that ModelDeployments may set besides the safe ones, separated by commas:
                           spec.hostNetwork in all namespaces, team-a/spec.hostNetwork in one (default: nothing)
          NETWORK_POLICIES  JSON list of the peers (of NetworkPolicies) that may collect metrics of routers and model pods, which get
                           NetworkPolicies (default: [], nobody); "none" makes no NetworkPolicies
          WATCH_NAMESPACE  the one namespace to work in (default: all)
          POD_NAMESPACE    namespace of the operator: its lease, and the Secret of its webhook (default model-operator-system)
          POD_NAME         name of this process; must differ between replicas (default: made from the machine's name)
          HTTP_PORT        port of /healthz, /readyz and /metrics (default 8080)
          WEBHOOK_PORT     port of the webhook that refuses wrong ModelDeployments (default 9443); 0 leaves it out
          KUBECONFIG       how to reach the API server (default: the pod's service account, else ~/.kube/config)
        """;

    public required ControllerOptions Controller { get; init; }

    /// <summary>Where Prometheus servers and webhooks may be.</summary>
    public AllowedNetworks SourceNetworks { get; init; } = SourceAddress.Parse(list: null, out _)!;

    public string? WatchNamespace { get; init; }

    public required string PodNamespace { get; init; }

    public required string PodName { get; init; }

    public int HttpPort { get; init; } = 8080;

    /// <summary>Null leaves the webhook out.</summary>
    public int? WebhookPort { get; init; } = 9443;

    /// <summary>Reads them; the errors name each variable, its value and what would be right.</summary>
    public static (OperatorSettings? Settings, IReadOnlyList<string> Errors) Read(Func<string, string?> environment)
    {
        var errors = new List<string>();
        string runtime = Required("RUNTIME_IMAGE", "an image such as registry.example/inference-runtime:1.0");
        string router = Required("ROUTER_IMAGE", "an image such as registry.example/model-router:1.0");
        string? networks = Text("ALLOWED_MODEL_NETWORKS");
        if (!AllowedNetworks.TryParse(networks, out _, out string problem))
        {
            errors.Add($"ALLOWED_MODEL_NETWORKS: {problem}");
        }

        if (SourceAddress.Parse(Text("ALLOWED_SOURCE_NETWORKS"), out problem) is not { } sources)
        {
            errors.Add($"ALLOWED_SOURCE_NETWORKS: {problem}");
            sources = AllowedNetworks.PublicOnly;
        }

        if (PodTemplatePolicy.Parse(Text("ALLOWED_POD_FIELDS"), out problem) is not { } podTemplates)
        {
            errors.Add($"ALLOWED_POD_FIELDS: {problem}");
            podTemplates = PodTemplatePolicy.Restricted;
        }

        JsonArray? monitoring = [];
        if (Text("NETWORK_POLICIES") is { } peers)
        {
            monitoring = peers == "none" ? null : Peers(peers);
        }

        int replicas = Number("ROUTER_REPLICAS", 2, 1, 100);
        int httpPort = Number("HTTP_PORT", 8080, 1, 65535);
        int webhookPort = Number("WEBHOOK_PORT", 9443, 0, 65535);
        if (httpPort == webhookPort)
        {
            errors.Add($"WEBHOOK_PORT: \"{webhookPort}\" is HTTP_PORT as well; want another port");
        }

        var settings = new OperatorSettings
        {
            Controller = new ControllerOptions
            {
                RuntimeImage = runtime,
                RouterImage = router,
                RouterReplicas = replicas,
                AllowedModelNetworks = networks,
                PodTemplates = podTemplates,
                Monitoring = monitoring,
            },
            SourceNetworks = sources,
            WatchNamespace = Text("WATCH_NAMESPACE"),
            PodNamespace = Text("POD_NAMESPACE") ?? "model-operator-system",
            // A pod's name may be used again by the same pod's next container, which then need not wait for the lease of the one before.
            PodName = Text("POD_NAME") ?? $"{Environment.MachineName}-{Guid.NewGuid():N}",
            HttpPort = httpPort,
            WebhookPort = webhookPort == 0 ? null : webhookPort,
        };
        return errors.Count > 0 ? (null, errors) : (settings, errors);

        string? Text(string name) => environment(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

        JsonArray Peers(string text)
        {
            try
            {
                if (JsonNode.Parse(text) is JsonArray list && list.All(peer => peer is JsonObject))
                {
                    return list;
                }
            }
            catch (JsonException)
            {
                // Said below.
            }

            errors.Add(
                $"NETWORK_POLICIES: \"{text}\": "
                + "want \"none\" or a JSON list of peers such as [{\"podSelector\":{\"matchLabels\":{\"app\":\"prometheus\"}}}]");
            return [];
        }

        string Required(string name, string want)
        {
            if (Text(name) is { } value && !value.Any(char.IsWhiteSpace))
            {
                return value;
            }

            errors.Add($"{name}: \"{environment(name)}\": want {want}");
            return "";
        }

        int Number(string name, int standard, int least, int most)
        {
            if (Text(name) is not { } text)
            {
                return standard;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
            {
                return value;
            }

            errors.Add($"{name}: \"{text}\": want a number from {least} to {most}");
            return standard;
        }
    }
}
