using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime.Webhooks;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>A webhook as the API server calls it.</summary>
[Category("ApiServer")]
[CancelAfter(120_000)]
public sealed class ApiServerWebhookTests
{
    [Test]
    public async Task The_api_server_asks_the_webhook_and_refuses_what_it_refuses(CancellationToken cancellationToken)
    {
        var server = await SharedApiServer.GetAsync();
        await using var @namespace = await server.CreateNamespaceAsync();
        var configuration = $"webhook-{@namespace.Name}";
        await using var running = await TestOperator.StartAsync(
            server.Client,
            o => o.WatchNamespace = @namespace.Name,
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
                .AddValidatingWebhook(Resources.ConfigMaps, "/validate", r => r.Object?.Data?.GetValueOrDefault("k") == "wrong"
                    ? AdmissionResult.Deny("data.k: is 'wrong'; expected 'right'.")
                    : AdmissionResult.Allow()),
            app => app.MapValidatingWebhooks());
        try
        {
            await ConfigureAsync(server.Client, configuration, @namespace.Name, running.HttpsPort, cancellationToken);

            // Until the server has heard of the configuration it asks nobody, and until it trusts the CA it refuses everything.
            await Eventually.TrueAsync(
                async () => await TryAsync(server.Client, @namespace.Name, "wrong", cancellationToken) == "data.k: is 'wrong'; expected 'right'.",
                "the wrong one is refused");
            Assert.That(await TryAsync(server.Client, @namespace.Name, "right", cancellationToken), Is.Null);
        }
        finally
        {
            await server.Client.DeleteAsync(Resources.ValidatingWebhookConfigurations, null, configuration, CancellationToken.None);
        }
    }

    /// <summary>Made by a merge of JSON the types do not know in full, as a chart would.</summary>
    private static async Task ConfigureAsync(KubernetesClient client, string name, string @namespace, int port, CancellationToken cancellationToken)
    {
        var webhooks = new JsonArray(new JsonObject
        {
            ["name"] = "configmaps.test.example",
            ["admissionReviewVersions"] = new JsonArray("v1"),
            ["sideEffects"] = "None",
            ["timeoutSeconds"] = 5,
            ["failurePolicy"] = "Fail",
            ["namespaceSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["test-webhook"] = @namespace } },
            ["clientConfig"] = new JsonObject { ["url"] = $"https://127.0.0.1:{port}/validate" },
            ["rules"] = new JsonArray(new JsonObject
            {
                ["apiGroups"] = new JsonArray(""),
                ["apiVersions"] = new JsonArray("v1"),
                ["operations"] = new JsonArray("CREATE"),
                ["resources"] = new JsonArray("configmaps"),
            }),
        });
        await client.MergePatchAsync(
            Resources.Namespaces, null, @namespace,
            new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["test-webhook"] = @namespace } } }, cancellationToken);
        await client.ApplyAsync(
            Resources.ValidatingWebhookConfigurations,
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["webhooks"] = webhooks }, "test", cancellationToken);
    }

    /// <summary>Null when the object was stored, else why not.</summary>
    private static async Task<string?> TryAsync(KubernetesClient client, string @namespace, string value, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateAsync(
                Resources.ConfigMaps,
                new ConfigMap { Metadata = { Namespace = @namespace, GenerateName = "map-" }, Data = new() { ["k"] = value } },
                cancellationToken);
            return null;
        }
        catch (KubernetesException e) when (e.StatusCode is HttpStatusCode.UnprocessableEntity)
        {
            return e.Message[(e.Message.IndexOf("denied the request: ", StringComparison.Ordinal) + "denied the request: ".Length)..];
        }
        catch (KubernetesException e) when (e.StatusCode is HttpStatusCode.InternalServerError)
        {
            return e.Message;
        }
    }
}
