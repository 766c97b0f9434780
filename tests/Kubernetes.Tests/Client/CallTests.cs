using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using static ModelOperator.Kubernetes.Tests.Client.ScriptedServer;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>What goes over the wire.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class CallTests
{
    private const string Map = """{"metadata":{"name":"a","namespace":"n","uid":"u","resourceVersion":"5"}}""";

    [Test]
    public async Task An_apply_is_a_forced_patch_of_the_whole_intent()
    {
        using var server = new ScriptedServer(Json(Map));
        using var client = server.Client();
        var intent = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "n" } };

        await client.ApplyAsync(Resources.ConfigMaps, intent, "me & you", CancellationToken.None);

        var sent = server.Requests.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sent.Method, Is.EqualTo(HttpMethod.Patch));
            Assert.That(
                sent.Uri.AbsoluteUri,
                Is.EqualTo("https://server.test/base/api/v1/namespaces/n/configmaps/a?fieldManager=me%20%26%20you&force=true"));
            Assert.That(sent.ContentType, Is.EqualTo("application/apply-patch+yaml"));
            Assert.That(JsonNode.Parse(sent.Body)!["apiVersion"]!.GetValue<string>(), Is.EqualTo("v1"));
            Assert.That(JsonNode.Parse(sent.Body)!["kind"]!.GetValue<string>(), Is.EqualTo("ConfigMap"));
            Assert.That(intent.ContainsKey("kind"), Is.False, "the caller's intent is its own");
        }
    }

    [Test]
    public async Task A_status_is_applied_through_the_subresource_of_a_group()
    {
        using var server = new ScriptedServer(Json(Map));
        using var client = server.Client();
        var intent = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "n" } };

        await client.ApplyAsync(Resources.Deployments, intent, "me", CancellationToken.None, "status");

        Assert.That(server.Requests.Single().Uri.AbsolutePath, Is.EqualTo("/base/apis/apps/v1/namespaces/n/deployments/a/status"));
    }

    [Test]
    public async Task A_delete_is_in_the_background_and_of_the_very_object()
    {
        using var server = new ScriptedServer(Json("{}"));
        using var client = server.Client();

        await client.DeleteAsync(Resources.Pods, "n", "a", CancellationToken.None, "the-uid");

        var body = JsonNode.Parse(server.Requests.Single().Body)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(body["propagationPolicy"]!.GetValue<string>(), Is.EqualTo("Background"));
            Assert.That(body["preconditions"]!["uid"]!.GetValue<string>(), Is.EqualTo("the-uid"));
        }
    }

    [TestCase("", "a")]
    [TestCase("n", "")]
    [TestCase(null, "a")]
    public async Task A_delete_without_a_name_or_namespace_is_never_sent_for_it_would_delete_everything(string? @namespace, string name)
    {
        using var server = new ScriptedServer();
        using var client = server.Client();

        await Assert.ThatAsync(
            () => client.DeleteAsync(Resources.Pods, @namespace, name, CancellationToken.None), Throws.InstanceOf<ArgumentException>());

        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task Names_are_escaped()
    {
        using var server = new ScriptedServer(Json(Map));
        using var client = server.Client();

        await client.GetAsync(Resources.Pods, "n", "../secrets/x?y", CancellationToken.None);

        Assert.That(server.Requests.Single().Uri.AbsoluteUri, Does.EndWith("/namespaces/n/pods/..%2Fsecrets%2Fx%3Fy"));
    }

    [Test]
    public async Task A_list_at_no_version_comes_in_pages_with_the_version_of_the_last()
    {
        using var server = new ScriptedServer(
            Json("""{"metadata":{"resourceVersion":"7","continue":"more/="},"items":[{"metadata":{"name":"a"}}]}"""),
            Json("""{"items":[{"metadata":{"name":"b"}}],"metadata":{"resourceVersion":"7"}}"""));
        using var client = server.Client();

        var list = await client.ListAsync(Resources.Pods, null, new ListOptions { LabelSelector = "a=b" }, CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Items.Select(p => p.Metadata.Name), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(list.Items[0].Kind, Is.EqualTo("Pod"));
            Assert.That(list.ResourceVersion, Is.EqualTo("7"));
            Assert.That(server.Requests[0].Uri.Query, Is.EqualTo("?labelSelector=a%3Db&limit=500"));
            Assert.That(server.Requests[1].Uri.Query, Is.EqualTo("?labelSelector=a%3Db&limit=500&continue=more%2F%3D"));
        }
    }

    [Test]
    public async Task A_list_at_a_version_is_asked_for_whole()
    {
        using var server = new ScriptedServer(Json("""{"metadata":{"resourceVersion":"7"},"items":null}"""));
        using var client = server.Client();

        var list = await client.ListAsync(Resources.Pods, "n", new ListOptions { ResourceVersion = "5" }, CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(server.Requests.Single().Uri.Query, Is.EqualTo("?resourceVersion=5"));
            Assert.That(list.Items, Is.Empty);
        }
    }

    [Test]
    public async Task A_list_at_version_0_has_a_limit_for_servers_without_a_cache_and_its_pages_no_version()
    {
        using var server = new ScriptedServer(
            Json("""{"metadata":{"resourceVersion":"7","continue":"more"},"items":[{"metadata":{"name":"a"}}]}"""),
            Json("""{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"b"}}]}"""));
        using var client = server.Client();

        await client.ListAsync(Resources.Pods, "n", new ListOptions { ResourceVersion = "0" }, CancellationToken.None);

        Assert.That(
            server.Requests.Select(r => r.Uri.Query),
            Is.EqualTo(new[] { "?resourceVersion=0&limit=500", "?limit=500&continue=more" }),
            "a server refuses both together");
    }

    [Test]
    public async Task A_list_whose_pages_expire_while_they_are_read_is_asked_for_whole()
    {
        using var server = new ScriptedServer(
            Json(
                """{"metadata":{"resourceVersion":"7","continue":"more"},"items":[{"metadata":{"name":"a"}},{"metadata":"""
                + """{"name":"gone since"}}]}"""),
            Refusal(HttpStatusCode.Gone, "Expired"),
            Json("""{"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}"""));
        using var client = server.Client();

        var list = await client.ListAsync(Resources.Pods, null, new ListOptions(), CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Items.Select(p => p.Metadata.Name), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(list.ResourceVersion, Is.EqualTo("9"));
            Assert.That(server.Requests[2].Uri.Query, Is.Empty);
        }
    }

    [Test]
    public async Task A_list_that_is_refused_as_expired_at_once_is_refused()
    {
        using var server = new ScriptedServer(Refusal(HttpStatusCode.Gone, "Expired"));
        using var client = server.Client();

        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => client.ListAsync(Resources.Pods, null, new ListOptions(), CancellationToken.None));

        Assert.That(refusal!.IsExpired, Is.True);
    }

    [Test]
    public async Task An_object_in_a_list_that_cannot_be_read_is_named_with_the_field_that_does_not_fit()
    {
        using var server = new ScriptedServer(Json(
            """{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"},"spec":{"containers":"?"}},{"metadata":"""
            + """{"name":"b"}}]}"""));
        using var client = server.Client();

        var list = await client.ListAsync(Resources.Pods, null, new ListOptions(), CancellationToken.None);

        var unreadable = list.Unreadable.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Items.Select(p => p.Metadata.Name), Is.EqualTo(new[] { "b" }));
            Assert.That(unreadable.Key, Is.EqualTo(new EntityKey(null, "a")));
            Assert.That(unreadable.Field, Is.EqualTo("spec.containers"));
            Assert.That(unreadable.Problem, Does.Contain("could not be converted").And.Not.Contain("LineNumber"));
        }
    }

    [Test]
    public async Task An_object_deeper_than_its_type_still_has_its_name()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100);
        using var server = new ScriptedServer(Json(
            "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[{\"spec\":" + deep + ",\"metadata\":{\"name\":\"a\",\"uid\":\"u\"}}]}"));
        using var client = server.Client();

        var list = await client.ListAsync(Resources.Pods, null, new ListOptions(), CancellationToken.None);

        Assert.That(list.Unreadable.Single().Metadata!.Uid, Is.EqualTo("u"));
    }

    [Test]
    public async Task A_refusal_carries_what_the_server_said()
    {
        using var server = new ScriptedServer(Json(
            """{"kind":"Status","code":422,"reason":"Invalid","message":"Pod \"a\" is invalid"}""", HttpStatusCode.UnprocessableEntity));
        using var client = server.Client();

        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => client.CreateAsync(Resources.Pods, new Pod { Metadata = { Name = "a", Namespace = "n" } }, CancellationToken.None));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal!.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
            Assert.That(refusal.Reason, Is.EqualTo("Invalid"));
            Assert.That(refusal.Message, Is.EqualTo("Pod \"a\" is invalid"));
        }
    }

    [TestCase(
        """{"kind":"Status","code":403,"reason":"Forbidden","message":"no","details":{"causes":"""
        + """[{"reason":"NamespaceTerminating","field":"metadata.namespace"}]}}""",
        true)]
    [TestCase(
        """{"kind":"Status","code":403,"reason":"Forbidden","message":"pods \"a\" is forbidden: """
        + """unable to create new content in namespace n because it is being terminated"}""",
        true)]
    [TestCase(
        """{"kind":"Status","code":403,"reason":"Forbidden","message":"pods \"a\" is forbidden: exceeded quota","details":{"causes":[]}}""",
        false)]
    public async Task A_namespace_that_is_being_deleted_is_told_from_other_refusals(string status, bool terminating)
    {
        using var server = new ScriptedServer(Json(status, HttpStatusCode.Forbidden));
        using var client = server.Client();

        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => client.CreateAsync(Resources.Pods, new Pod { Metadata = { Name = "a", Namespace = "n" } }, CancellationToken.None));

        Assert.That(refusal!.IsNamespaceTerminating, Is.EqualTo(terminating));
    }

    [Test]
    public async Task A_refusal_in_HTML_still_says_which_call_was_refused()
    {
        using var server = new ScriptedServer(Json("<html>Bad gateway</html>", HttpStatusCode.BadGateway));
        using var client = server.Client();

        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => client.GetAsync(Resources.Pods, "n", "a", CancellationToken.None));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal!.Message, Is.EqualTo("GET api/v1/namespaces/n/pods/a: 502 Bad Gateway"));
            Assert.That(refusal.Reason, Is.EqualTo("BadGateway"));
        }
    }

    [Test]
    public async Task A_delete_of_what_is_gone_or_is_another_object_by_now_is_no_error()
    {
        var conflict = Refusal(HttpStatusCode.Conflict, "Conflict");
        using var server = new ScriptedServer(
            Refusal(HttpStatusCode.NotFound, "NotFound"),
            conflict, Json("""{"metadata":{"name":"a","uid":"another"}}"""),
            conflict, Refusal(HttpStatusCode.NotFound, "NotFound"),
            conflict, Json("""{"metadata":{"name":"a","uid":"u"}}"""));
        using var client = server.Client();

        await client.DeleteAsync(Resources.Pods, "n", "a", CancellationToken.None, "u");
        await client.DeleteAsync(Resources.Pods, "n", "a", CancellationToken.None, "u");
        await client.DeleteAsync(Resources.Pods, "n", "a", CancellationToken.None, "u");
        var other = await Assert.ThrowsAsync<KubernetesException>(
            () => client.DeleteAsync(Resources.Pods, "n", "a", CancellationToken.None, "u"));

        Assert.That(other!.IsConflict, Is.True);
    }

    [Test]
    public async Task An_object_larger_than_any_can_be_is_not_read()
    {
        using var server = new ScriptedServer(Json("{\"metadata\":{\"name\":\"" + new string('a', 17 << 20) + "\"}}"));
        using var client = server.Client();

        await Assert.ThatAsync(
            () => client.GetAsync(Resources.Pods, "n", "a", CancellationToken.None),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("larger"));
    }
}
