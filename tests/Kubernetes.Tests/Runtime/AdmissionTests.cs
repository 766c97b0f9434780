using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime.Webhooks;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

public sealed class AdmissionTests
{
    [Test]
    public async Task The_answer_names_the_question_and_says_why_not()
    {
        var (status, body) = await AskAsync(
            Review("CREATE", """{"kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"wrong"}}"""),
            r => AdmissionResult.Deny($"data.k: is '{r.Object!.Data!["k"]}'; expected 'right'."));

        var response = JsonNode.Parse(body)!["response"]!;
        Assert.That(status, Is.EqualTo(200));
        Assert.That(JsonNode.Parse(body)!["apiVersion"]!.GetValue<string>(), Is.EqualTo("admission.k8s.io/v1"));
        Assert.That(response["uid"]!.GetValue<string>(), Is.EqualTo("u-1"));
        Assert.That(response["allowed"]!.GetValue<bool>(), Is.False);
        Assert.That(response["status"]!["message"]!.GetValue<string>(), Is.EqualTo("data.k: is 'wrong'; expected 'right'."));
        Assert.That(response["status"]!["code"]!.GetValue<int>(), Is.EqualTo(422));
    }

    [Test]
    public async Task The_answer_names_the_wrong_fields_where_kubectl_looks_for_them()
    {
        var (_, body) = await AskAsync(
            Review("CREATE", """{"kind":"ConfigMap","metadata":{"name":"a"}}"""),
            _ => AdmissionResult.Invalid("a is invalid", [new AdmissionCause("data.k", "is 'wrong'; expected 'right'.")]));

        var details = JsonNode.Parse(body)!["response"]!["status"]!["details"]!;
        Assert.That(details["kind"]!.GetValue<string>(), Is.EqualTo("ConfigMap"));
        Assert.That(details["causes"]![0]!["field"]!.GetValue<string>(), Is.EqualTo("data.k"));
        Assert.That(details["causes"]![0]!["message"]!.GetValue<string>(), Is.EqualTo("is 'wrong'; expected 'right'."));
    }

    [Test]
    public async Task A_deletion_has_no_new_object_and_a_creation_no_old_one()
    {
        var requests = new List<AdmissionRequest<ConfigMap>>();
        AdmissionResult Remember(AdmissionRequest<ConfigMap> request)
        {
            requests.Add(request);
            return AdmissionResult.Allow("mind this");
        }

        var (_, body) = await AskAsync(Review("CREATE", """{"metadata":{"name":"a"}}"""), Remember);
        await AskAsync(Review("DELETE", "null", """{"metadata":{"name":"b"}}"""), Remember);

        Assert.That(
            (requests[0].Operation, requests[0].Object!.Metadata.Name, requests[0].OldObject),
            Is.EqualTo((AdmissionOperation.Create, "a", (ConfigMap?)null)));
        Assert.That(
            (requests[1].Operation, requests[1].Object, requests[1].OldObject!.Metadata.Name),
            Is.EqualTo((AdmissionOperation.Delete, (ConfigMap?)null, "b")));
        Assert.That(JsonNode.Parse(body)!["response"]!["warnings"]!.AsArray().Single()!.GetValue<string>(), Is.EqualTo("mind this"));
    }

    [Test]
    public async Task Who_asks_and_where_is_passed_on_whole()
    {
        AdmissionRequest<ConfigMap>? asked = null;
        await AskAsync(Review("CREATE", """{"metadata":{"name":"a"}}"""), request =>
        {
            asked = request;
            return AdmissionResult.Allow();
        });

        Assert.That((asked!.Namespace, asked.User!.Username, asked.User.Uid), Is.EqualTo(("place", "somebody", "7")));
        Assert.That(asked.User.Groups, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(asked.User.Extra!["scopes"], Is.EqualTo(new[] { "c" }));
    }

    [TestCase("""{"metadata":[]}""", "metadata")]
    [TestCase("""{"data":{"k":7}}""", "data")]
    [TestCase("""[]""", "ConfigMap")]
    public async Task An_object_of_another_shape_is_refused_and_the_answer_says_where(string entity, string expected)
    {
        var (status, body) = await AskAsync(Review("CREATE", entity), _ => AdmissionResult.Allow());

        Assert.That(status, Is.EqualTo(200));
        Assert.That(JsonNode.Parse(body)!["response"]!["allowed"]!.GetValue<bool>(), Is.False);
        Assert.That(JsonNode.Parse(body)!["response"]!["status"]!["message"]!.GetValue<string>(), Does.Contain(expected));
    }

    [Test]
    public async Task A_webhook_that_throws_refuses_and_keeps_its_secrets()
    {
        var (status, body) = await AskAsync(Review("CREATE", "{}"), _ => throw new InvalidOperationException("password=hunter2"));

        Assert.That(status, Is.EqualTo(200));
        Assert.That(JsonNode.Parse(body)!["response"]!["status"]!["code"]!.GetValue<int>(), Is.EqualTo(500));
        Assert.That(body, Does.Not.Contain("hunter2"));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"request":null}""")]
    [TestCase("""{"request":{"uid":""}}""")]
    [TestCase("""{"request":{"uid":7}}""")]
    [TestCase("""{"request":{"uid":"u","operation":"CREATE","object":{"a":""")]
    [TestCase("\u0000\u0001\u00ff")]
    public async Task A_body_that_is_no_review_is_a_400(string body) =>
        Assert.That((await AskAsync(body, _ => AdmissionResult.Allow())).Status, Is.EqualTo(400));

    [Test]
    public async Task A_body_nested_without_end_is_a_400() =>
        Assert.That(
            (await AskAsync("""{"request":{"uid":"u","object":""" + new string('[', 100_000), _ => AdmissionResult.Allow())).Status,
            Is.EqualTo(400));

    [Test]
    public async Task Another_content_type_is_a_415() =>
        Assert.That((await AskAsync(Review("CREATE", "{}"), _ => AdmissionResult.Allow(), "text/plain")).Status, Is.EqualTo(415));

    [Test]
    public async Task An_operation_nobody_knows_is_refused()
    {
        var (_, body) = await AskAsync(Review("1", "{}"), _ => AdmissionResult.Allow());

        Assert.That(JsonNode.Parse(body)!["response"]!["allowed"]!.GetValue<bool>(), Is.False);
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool Whatever_the_bytes_there_is_an_answer(byte[] noise, ushort cut)
    {
        var review = Encoding.UTF8.GetBytes(Review("UPDATE", """{"metadata":{"name":"a"},"data":{"k":"v"}}"""));
        var at = cut % review.Length;
        byte[] body = [.. review.AsSpan(0, at), .. noise, .. review.AsSpan(at)];
        return AskAsync(body, _ => AdmissionResult.Allow(), "application/json").GetAwaiter().GetResult().Status is 200 or 400;
    }

    private static string Review(string operation, string entity, string old = "null") =>
        $$$"""
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","operation":"{{{operation}}}",
        "namespace":"place","userInfo":{"username":"somebody","uid":"7","groups":["a","b"],"extra":{"scopes":["c"]}},
        "object":{{{entity}}},"oldObject":{{{old}}},"dryRun":false}}
        """;

    private static Task<(int Status, string Body)> AskAsync(
        string body, Func<AdmissionRequest<ConfigMap>, AdmissionResult> validate, string contentType = "application/json") =>
        AskAsync(Encoding.UTF8.GetBytes(body), validate, contentType);

    private static async Task<(int Status, string Body)> AskAsync(
        byte[] body, Func<AdmissionRequest<ConfigMap>, AdmissionResult> validate, string contentType)
    {
        var endpoint = new WebhookEndpoint<ConfigMap>(
            "/validate", Resources.ConfigMaps, (request, _) => Task.FromResult(validate(request)), new ManualTimeProvider(),
            NullLogger<WebhookEndpoint<ConfigMap>>.Instance);
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentType = contentType;
        var answer = new MemoryStream();
        context.Response.Body = answer;
        await endpoint.HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }
}
