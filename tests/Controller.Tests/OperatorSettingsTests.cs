using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Controller.Tests;

[Parallelizable(ParallelScope.All)]
public sealed class OperatorSettingsTests
{
    [Test]
    public void Two_images_are_all_it_needs()
    {
        (OperatorSettings? settings, IReadOnlyList<string> errors) = Read(new() { ["RUNTIME_IMAGE"] = "a:1", ["ROUTER_IMAGE"] = "b:1" });

        Assert.That(errors, Is.Empty);
        Assert.That(
            (settings!.Controller.RuntimeImage, settings.Controller.RouterImage, settings.Controller.RouterReplicas),
            Is.EqualTo(("a:1", "b:1", 2)));
        Assert.That((settings.HttpPort, settings.WebhookPort, settings.WatchNamespace, settings.PodNamespace),
            Is.EqualTo((8080, (int?)9443, (string?)null, "model-operator-system")));
    }

    [Test]
    public void Every_variable_is_read()
    {
        (OperatorSettings? settings, _) = Read(new()
        {
            ["RUNTIME_IMAGE"] = "a:1",
            ["ROUTER_IMAGE"] = "b:1",
            ["ROUTER_REPLICAS"] = "3",
            ["ALLOWED_SOURCE_NETWORKS"] = "10.96.0.0/12",
            ["ALLOWED_POD_FIELDS"] = "vision/spec.hostNetwork",
            ["NETWORK_POLICIES"] = """[{"namespaceSelector":{}}]""",
            ["WATCH_NAMESPACE"] = "vision",
            ["POD_NAMESPACE"] = "ops",
            ["POD_NAME"] = "operator-1",
            ["HTTP_PORT"] = "8000",
            ["WEBHOOK_PORT"] = "0",
        });

        Assert.That(
            (
                settings!.Controller.RouterReplicas,
                settings.WatchNamespace,
                settings.PodNamespace,
                settings.PodName,
                settings.HttpPort,
                settings.WebhookPort),
            Is.EqualTo((3, "vision", "ops", "operator-1", 8000, (int?)null)));
        ModelDeployment onTheHost = Models.Digits(model =>
            model.Spec.Runtime = new RuntimeSpec { PodTemplate = new JsonObject { ["spec"] = new JsonObject { ["hostNetwork"] = true } } });
        Assert.That(settings.Controller.PodTemplates.Check(onTheHost), Is.Empty);
        Assert.That(settings.Controller.Monitoring!.ToJsonString(), Is.EqualTo("""[{"namespaceSelector":{}}]"""));
        Assert.That(
            new[] { "10.100.0.1", "192.168.0.1", "93.184.216.34" }
                .Select(address => settings.SourceNetworks.Refusal(IPAddress.Parse(address)) is null),
            Is.EqualTo(new[] { true, false, true }));
    }

    [Test]
    public void All_that_is_wrong_is_named_at_once()
    {
        (OperatorSettings? settings, IReadOnlyList<string> errors) = Read(new()
        {
            ["ROUTER_IMAGE"] = "two words",
            ["ROUTER_REPLICAS"] = "0",
            ["HTTP_PORT"] = "http",
            ["WEBHOOK_PORT"] = "8080",
            ["ALLOWED_SOURCE_NETWORKS"] = "everything",
            ["ALLOWED_POD_FIELDS"] = "hostNetwork",
            ["NETWORK_POLICIES"] = "off",
        });

        Assert.That(settings, Is.Null);
        Assert.That(errors, Is.EqualTo(new[]
        {
            "RUNTIME_IMAGE: \"\": want an image such as registry.example/inference-runtime:1.0",
            "ROUTER_IMAGE: \"two words\": want an image such as registry.example/model-router:1.0",
            "ALLOWED_SOURCE_NETWORKS: 'everything' is not a network; use networks such as 10.96.0.0/12, separated by commas, "
                + "'private' for all private networks, or 'loopback'",
            "ALLOWED_POD_FIELDS: \"hostNetwork\": want a field of a pod template such as spec.hostNetwork, "
                + "or NAMESPACE/FIELD, separated by commas",
            "NETWORK_POLICIES: \"off\": want \"none\" or a JSON list of peers such as "
                + "[{\"podSelector\":{\"matchLabels\":{\"app\":\"prometheus\"}}}]",
            "ROUTER_REPLICAS: \"0\": want a number from 1 to 100",
            "HTTP_PORT: \"http\": want a number from 1 to 65535",
            "WEBHOOK_PORT: \"8080\" is HTTP_PORT as well; want another port",
        }));
    }

    [TestCase(null, "[]")]
    [TestCase("none", null)]
    [TestCase("[]", "[]")]
    public void NetworkPolicies_are_made_unless_told_otherwise(string? value, string? monitoring) => Assert.That(
        Read(new() { ["RUNTIME_IMAGE"] = "a:1", ["ROUTER_IMAGE"] = "b:1", ["NETWORK_POLICIES"] = value })
            .Settings!.Controller.Monitoring?.ToJsonString(),
        Is.EqualTo(monitoring));

    [Test]
    public void Two_processes_without_a_pod_name_are_told_apart()
    {
        Dictionary<string, string?> environment = new() { ["RUNTIME_IMAGE"] = "a:1", ["ROUTER_IMAGE"] = "b:1" };

        string first = Read(environment).Settings!.PodName;
        string second = Read(environment).Settings!.PodName;

        Assert.That(first, Is.Not.EqualTo(second));
    }

    private static (OperatorSettings? Settings, IReadOnlyList<string> Errors) Read(Dictionary<string, string?> environment) =>
        OperatorSettings.Read(name => environment.GetValueOrDefault(name));
}
