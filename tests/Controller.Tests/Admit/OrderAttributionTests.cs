using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Api;
using ModelOperator.Controller.Admit;
using ModelOperator.Controller.Decide;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime.Webhooks;
using ModelOperator.Testing;
using NSubstitute;

namespace ModelOperator.Controller.Tests.Admit;

/// <summary>Who gave an order: what the webhook writes, and what the operator believes.</summary>
public sealed class OrderAttributionTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void The_webhook_names_who_asks_and_the_operator_believes_it()
    {
        ModelDeployment model = With("promote v2");
        Attribute(model, old: With(null), "alice");

        var read = Orders().Read(model)!;

        Assert.That((read.Text, read.By, read.RequestId, read.Time), Is.EqualTo(("promote v2", "alice", "uid-alice", _time.GetUtcNow())));
    }

    [Test]
    public void A_name_that_somebody_else_wrote_is_replaced()
    {
        ModelDeployment model = With("promote v2");
        model.Metadata.Annotations![Labels.ControlBy] =
            """{"user":"alice","time":"2026-11-29T12:00:00Z","requestId":"1","signature":"AAAA"}""";

        Attribute(model, old: With(null), "mallory");

        Assert.That(Orders().Read(model)!.By, Is.EqualTo("mallory"));
    }

    [Test]
    public void Who_changes_something_else_does_not_become_the_one_who_ordered()
    {
        ModelDeployment old = With("promote v2");
        Attribute(old, old: With(null), "alice");
        ModelDeployment model = With("promote v2");
        model.Metadata.Annotations![Labels.ControlBy] = old.Metadata.Annotations![Labels.ControlBy];
        model.Metadata.Annotations["team"] = "risk";

        Assert.That(Attribute(model, old, "bob"), Is.Null, "nothing to change");
        model.Metadata.Annotations.Remove(Labels.ControlBy);
        Attribute(model, old, "bob");

        Assert.That(Orders().Read(model)!.By, Is.EqualTo("alice"));
    }

    [Test]
    public void A_name_without_an_order_goes()
    {
        ModelDeployment model = With(null);
        model.Metadata.Annotations![Labels.ControlBy] = "{}";

        Assert.That(Attribute(model, old: With(null), "bob"), Does.Contain("\"remove\""));
    }

    [TestCase("""{"user":"alice","time":"2026-11-29T12:00:00Z","requestId":"1","signature":"AAAA"}""")]
    [TestCase("""{"user":"alice","time":"2026-11-29T12:00:00Z","requestId":"1","signature":"not base64"}""")]
    [TestCase("""{"user":"alice"}""")]
    [TestCase("alice")]
    [TestCase("null")]
    public void What_is_not_signed_names_nobody(string by)
    {
        ModelDeployment model = With("abort");
        model.Metadata.Annotations![Labels.ControlBy] = by;

        Assert.That((Orders().Read(model)!.Text, Orders().Read(model)!.By), Is.EqualTo(("abort", (string?)null)));
    }

    [Test]
    public void A_signature_holds_for_its_order_and_its_object_only()
    {
        ModelDeployment model = With("promote v2");
        Attribute(model, old: With(null), "alice");
        string signed = model.Metadata.Annotations![Labels.ControlBy];
        ModelDeployment otherOrder = With("promote-full v2");
        ModelDeployment otherObject = With("promote v2");
        otherObject.Metadata.Name = "payments";
        foreach (ModelDeployment other in new[] { otherOrder, otherObject })
        {
            other.Metadata.Annotations![Labels.ControlBy] = signed;
            Assert.That(Orders().Read(other)!.By, Is.Null);
        }
    }

    [Test]
    public void A_signature_copied_from_an_earlier_order_names_nobody()
    {
        ModelDeployment model = With("promote v2");
        Attribute(model, old: With(null), "alice");
        model.Status = new ModelDeploymentStatus { LastOrder = new OrderStatus { Order = "promote v2", Time = _time.GetUtcNow() } };

        Assert.That(Orders().Read(model)!.By, Is.Null);
    }

    [Test]
    public void Without_an_order_there_is_none() => Assert.That(Orders().Read(With(null)), Is.Null);

    private static ModelDeployment With(string? order) => Models.Digits(model =>
        model.Metadata.Annotations = order is null ? [] : new() { [Labels.Control] = order });

    private static OrderSigner Signer()
    {
        IInstallationKey key = Substitute.For<IInstallationKey>();
        key.Derive(Arg.Any<string>()).Returns(new byte[32]);
        return new OrderSigner(new ServiceCollection().AddSingleton(key).BuildServiceProvider());
    }

    private ControlOrders Orders() => new(Substitute.For<IKubernetesClient>(), new LatestModels(), Signer(), _time);

    /// <summary>Has the webhook look at the object, as the API server would, and changes it as the webhook says.</summary>
    /// <returns>The patch; null when there is nothing to change.</returns>
    private string? Attribute(ModelDeployment model, ModelDeployment old, string user)
    {
        AdmissionResult result = new OrderAttribution(Signer(), _time).Attribute(new AdmissionRequest<ModelDeployment>(
            AdmissionOperation.Update, model, old, null, "default", new ReviewedUser { Username = user }, DryRun: false, $"uid-{user}"));
        Assert.That(result.IsAllowed);
        if (result.Patch?[0] is JsonObject change && (string?)change["op"] == "add")
        {
            Assert.That((string?)change["path"], Is.EqualTo("/metadata/annotations/modeloperator.io~1control-by"));
            model.Metadata.Annotations![Labels.ControlBy] = (string)change["value"]!;
        }

        return result.Patch?.ToJsonString();
    }
}
