using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Runtime.Webhooks;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>A webhook as the API server calls it.</summary>
[Category("ApiServer")]
[CancelAfter(120_000)]
public sealed class ApiServerWebhookTests
{
    private const string Refused = "denied the request: ";

    [Test]
    public async Task The_api_server_asks_the_webhook_and_refuses_what_it_refuses(CancellationToken cancellationToken)
    {
        var server = await SharedApiServer.GetAsync();
        await using var @namespace = await server.CreateNamespaceAsync();
        var configuration = $"webhook-{@namespace.Name}";
        await using var running = await TestOperator.StartAsync(
            server.Client,
            settings => settings.WithNamespace(@namespace.Name),
            builder => builder
                .AddWebhookServer(new()
                {
                    Port = 0,
                    Names = ["127.0.0.1"],
                    SecretNamespace = @namespace.Name,
                    SecretName = "webhook",
                    ConfigurationName = configuration,
                    CheckPeriod = TimeSpan.FromMilliseconds(200),
                })
                .AddWebhook(Resources.ConfigMaps, "/change", (_, r, _) => Task.FromResult(r.Object?.Data?.GetValueOrDefault("k") == "left"
                    ? AdmissionResult.Change([new JsonObject { ["op"] = "add", ["path"] = "/data/k", ["value"] = r.User?.Username }])
                    : AdmissionResult.Allow()))
                .AddWebhook(
                    Resources.ConfigMaps,
                    "/validate",
                    (_, r, _) => Task.FromResult(r.Object?.Data?.GetValueOrDefault("k") == "wrong"
                        ? AdmissionResult.Deny("data.k: is 'wrong'; expected 'right'.")
                        : AdmissionResult.Allow())),
            app => app.MapWebhooks());
        try
        {
            await ConfigureAsync(server.World, configuration, @namespace.Name, running.HttpsPort, cancellationToken);

            // Until the server has heard of the configuration it asks nobody, and until it trusts the CA it refuses everything.
            await Eventually.TrueAsync(
                async () =>
                    await TryAsync(server.World, @namespace.Name, "wrong", cancellationToken) == "data.k: is 'wrong'; expected 'right'.",
                "the wrong one is refused");
            Assert.That(await TryAsync(server.World, @namespace.Name, "right", cancellationToken), Is.Null);
            await Eventually.TrueAsync(
                async () => await TryAsync(server.World, @namespace.Name, "left", cancellationToken) is null
                    && (await server.World.CoreV1.ListNamespacedConfigMapAsync(@namespace.Name, cancellationToken: cancellationToken)).Items
                        .Any(map => map.Data is { } data && data.TryGetValue("k", out string? user) && user is "admin" or "system:admin"),
                "one is stored as the mutating webhook changes it, who names the requester");
        }
        finally
        {
            await server.World.AdmissionregistrationV1.DeleteMutatingWebhookConfigurationAsync(
                configuration, cancellationToken: CancellationToken.None);
            await server.World.AdmissionregistrationV1.DeleteValidatingWebhookConfigurationAsync(
                configuration, cancellationToken: CancellationToken.None);
        }
    }

    private static async Task ConfigureAsync(
        IKubernetes world, string name, string @namespace, int port, CancellationToken cancellationToken)
    {
        await world.CoreV1.PatchNamespaceAsync(
            new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["test-webhook"] = @namespace } } }.MergePatch(),
            @namespace, cancellationToken: cancellationToken);
        await world.AdmissionregistrationV1.CreateValidatingWebhookConfigurationAsync(
            new V1ValidatingWebhookConfiguration
            {
                Metadata = new V1ObjectMeta { Name = name },
                Webhooks =
                [
                    new V1ValidatingWebhook
                    {
                        Name = "configmaps.test.example",
                        AdmissionReviewVersions = ["v1"],
                        SideEffects = "None",
                        TimeoutSeconds = 5,
                        FailurePolicy = "Fail",
                        NamespaceSelector = new V1LabelSelector
                        {
                            MatchLabels = new Dictionary<string, string> { ["test-webhook"] = @namespace },
                        },
                        ClientConfig = new Admissionregistrationv1WebhookClientConfig { Url = $"https://127.0.0.1:{port}/validate" },
                        Rules = [new V1RuleWithOperations
                        {
                            ApiGroups = [""],
                            ApiVersions = ["v1"],
                            Operations = ["CREATE"],
                            Resources = ["configmaps"],
                        }],
                    },
                ],
            },
            cancellationToken: cancellationToken);
        await world.AdmissionregistrationV1.CreateMutatingWebhookConfigurationAsync(
            new V1MutatingWebhookConfiguration
            {
                Metadata = new V1ObjectMeta { Name = name },
                Webhooks =
                [
                    new V1MutatingWebhook
                    {
                        Name = "change.configmaps.test.example",
                        AdmissionReviewVersions = ["v1"],
                        SideEffects = "None",
                        TimeoutSeconds = 5,
                        FailurePolicy = "Ignore",
                        NamespaceSelector = new V1LabelSelector
                        {
                            MatchLabels = new Dictionary<string, string> { ["test-webhook"] = @namespace },
                        },
                        ClientConfig = new Admissionregistrationv1WebhookClientConfig { Url = $"https://127.0.0.1:{port}/change" },
                        Rules = [new V1RuleWithOperations
                        {
                            ApiGroups = [""],
                            ApiVersions = ["v1"],
                            Operations = ["CREATE"],
                            Resources = ["configmaps"],
                        }],
                    },
                ],
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Null when the object was stored, else why not.</summary>
    private static async Task<string?> TryAsync(IKubernetes world, string @namespace, string value, CancellationToken cancellationToken)
    {
        try
        {
            await world.CoreV1.CreateNamespacedConfigMapAsync(
                new V1ConfigMap
                {
                    Metadata = new V1ObjectMeta { GenerateName = "map-" },
                    Data = new Dictionary<string, string> { ["k"] = value },
                },
                @namespace, cancellationToken: cancellationToken);
            return null;
        }
        catch (HttpOperationException e)
        {
            var message = (string)JsonNode.Parse(e.Response.Content)!["message"]!;
            return message[(message.IndexOf(Refused, StringComparison.Ordinal) is var at and >= 0 ? at + Refused.Length : 0)..];
        }
    }
}
