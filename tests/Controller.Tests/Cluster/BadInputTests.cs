using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
public sealed class BadInputTests
{
    [Test]
    public async Task A_spec_that_slipped_past_the_webhook_is_named_and_nothing_is_touched()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.ApplyAsync("v2", spec => spec["model"]!["uri"] = "http://models.example/v2#fragment");

        ModelDeploymentStatus status = await scene.WaitAsync(status => Condition(status, "Stalled").Reason == "InvalidSpec", "InvalidSpec");

        Assert.That(Condition(status, "Stalled").Status, Is.EqualTo("True"));
        Assert.That(status.Message, Does.StartWith("spec.model.uri: Invalid value: \"http://models.example/v2#fragment\""));
        Assert.That(Condition(status, "Ready").Status, Is.EqualTo("True"));
        Assert.That((status.StableRevision, status.CanaryRevision), Is.EqualTo((stable, (string?)null)));
        Assert.That(scene.Routers.WeightOf(stable), Is.EqualTo(100));
        await scene.ApplyAsync("v1");
        await scene.WaitAsync(status => Condition(status, "Stalled").Status == "False", "a mended spec is accepted");
    }

    [Test]
    public async Task A_pod_template_that_reaches_for_the_node_is_refused_also_where_no_webhook_is()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.ApplyAsync("v2", spec => spec["runtime"] = new JsonObject
        {
            ["podTemplate"] = JsonNode.Parse("""{"spec": {"hostNetwork": true}}"""),
        });

        ModelDeploymentStatus status = await scene.WaitAsync(status => Condition(status, "Stalled").Reason == "InvalidSpec", "InvalidSpec");

        Assert.That(
            status.Message,
            Does.StartWith("spec.runtime.podTemplate.spec.hostNetwork: Invalid value: true: may not be set; leave it out, "
                + "or have an administrator add spec.hostNetwork"));
        Assert.That(
            (status.StableRevision, status.CanaryRevision, Condition(status, "Ready").Status),
            Is.EqualTo((stable, (string?)null, "True")));
    }

    [TestCase(true, "InvalidSpec")]
    [TestCase(false, "NameConflict")]
    public async Task A_harmful_canary_is_rolled_back_while_the_newest_spec_waits_for_somebody(bool isInvalid, string reason)
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        void Slowly(JsonObject spec) =>
            spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 });
        await scene.ApplyAsync("v2", Slowly);
        string canary = (await scene.WaitAsync(status => status.CanaryWeight == 20, "20 percent confirmed")).CanaryRevision!;
        if (isInvalid)
        {
            await scene.ApplyAsync("v3", spec =>
            {
                Slowly(spec);
                spec["model"]!["uri"] = "http://models.example/v3#fragment";
            });
        }
        else
        {
            await scene.StopOperatorAsync();
            ModelDeployment third = await scene.ApplyAsync("v3", Slowly);
            await scene.World.AppsV1.CreateNamespacedDeploymentAsync(
                SomebodysDeployment($"digits-{RevisionHash.Of(third.Spec, "registry.example/inference-runtime:1")}"), scene.Namespace);
            await scene.StartOperatorAsync();
        }

        await scene.WaitAsync(status => Condition(status, "Stalled").Reason == reason, reason);
        Assert.That(scene.Routers.WeightOf(canary), Is.EqualTo(20), "it keeps what it has");
        scene.Routers.WrongPercent[canary] = 30;
        ModelDeploymentStatus back = await scene.WaitAsync(status => status.CanaryRevision is null, "the canary is rolled back");

        Assert.That(
            back.Rejected!.Select(rejected => (rejected.Revision, rejected.Reason)),
            Is.EqualTo(new[] { (canary, "AccuracyHarmful") }));
        Assert.That(
            (back.StableRevision, Condition(back, "Stalled").Reason, Condition(back, "Ready").Status),
            Is.EqualTo((stable, reason, "True")));
        await Eventually.TrueAsync(() => Task.FromResult(scene.Routers.WeightOf(stable) == 100), "stable serves on");
        await scene.World.EventAsync(scene.Namespace, "AccuracyHarmful");
    }

    [Test]
    public async Task A_Service_that_is_somebody_elses_is_not_taken_over()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.Client.ApplyAsync(
            Resources.Services,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "digits", ["namespace"] = scene.Namespace },
                ["spec"] = new JsonObject
                {
                    ["selector"] = new JsonObject { ["app"] = "other" },
                    ["ports"] = new JsonArray(new JsonObject { ["port"] = 443, ["protocol"] = "TCP" }),
                },
            },
            "somebody",
            CancellationToken.None);
        await scene.ApplyAsync("v1");

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Stalled);

        foreach (string type in new[] { "Ready", "Progressing", "Stalled" })
        {
            Assert.That(Condition(status, type).Reason, Is.EqualTo("NameConflict"));
        }

        Assert.That(status.Message, Does.StartWith($"Service digits exists in namespace {scene.Namespace} and is not the operator's"));
        Assert.That(
            (await scene.World.FindServiceAsync(scene.Namespace, "digits"))!.Spec.Selector,
            Is.EqualTo(new Dictionary<string, string> { ["app"] = "other" }));
        Assert.That(await scene.World.DeploymentsAsync(scene.Namespace), Is.Empty);
        await scene.Client.DeleteAsync(Resources.Services, scene.Namespace, "digits", CancellationToken.None);
        await scene.WaitForPhaseAsync(RolloutPhase.Stable);
    }

    [Test]
    public async Task A_Secret_that_does_not_exist_is_named()
    {
        await using Scene scene = await Scene.StartAsync();
        scene.Kubelet.Fails = deployment => deployment.Metadata.Name == "model-router" ? null : new JsonObject { ["phase"] = "Pending" };
        await scene.ApplyAsync("v1", spec => spec["model"]!["credentialsSecretRef"] = new JsonObject { ["name"] = "model-store" });

        ModelDeploymentStatus status = await scene.WaitAsync(
            status => Condition(status, "Stalled").Reason == "SecretNotFound", "SecretNotFound");

        Assert.That(status.Message, Does.Contain($"there is no Secret model-store in namespace {scene.Namespace}"));
        Assert.That(Condition(status, "Ready").Status, Is.EqualTo("False"));
    }

    [Test]
    public async Task A_first_revision_whose_model_has_another_digest_says_so()
    {
        await using Scene scene = await Scene.StartAsync();
        scene.Kubelet.Fails = deployment => deployment.Metadata.Name == "model-router" ? null : DigestMismatch();
        await scene.ApplyAsync("v1");

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Stalled);

        Assert.That(Condition(status, "Ready").Reason, Is.EqualTo("DigestMismatch"));
        Assert.That(Condition(status, "Stalled").Status, Is.EqualTo("True"));
        Assert.That(status.Message, Does.Contain("the file has digest sha256:bb"));
    }

    [Test]
    public async Task A_canary_that_never_starts_gets_no_traffic_and_is_rejected_at_its_deadline()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        scene.Kubelet.Fails = deployment =>
            deployment.Metadata.Name == $"digits-{stable}" || deployment.Metadata.Name == "model-router" ? null : DigestMismatch();
        await scene.ApplyAsync("v2", spec => spec["rollout"]!["progressDeadlineSeconds"] = 2);

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That(status.Rejected![0].Reason, Is.EqualTo("ProgressDeadlineExceeded"));
        Assert.That(status.Rejected[0].Message, Does.Contain("DigestMismatch"));
        Assert.That(status.Routing!.Version, Is.EqualTo(1), "no table ever held the canary");
        await Eventually.TrueAsync(
            async () =>
                (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{status.Rejected[0].Revision}"))?.Spec.Replicas == 0,
            "the rejected revision has no pods");
    }

    [Test]
    public async Task A_sidecars_port_needs_no_protocol()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.ApplyAsync("v1", spec => spec["runtime"] = new JsonObject
        {
            ["podTemplate"] = JsonNode.Parse(
                """{"spec": {"containers": [{"name": "sidecar", "image": "registry.example/sidecar:1", "ports": """
                + """[{"containerPort": 9000}]}]}}"""),
        });

        await scene.WaitForPhaseAsync(RolloutPhase.Stable);
    }

    [TestCase("""{"restartPolicy": "Sometimes"}""", "restartPolicy")]
    [TestCase("""{"hostAliases": [{"hostnames": ["a"]}]}""", "hostAliases")]
    [TestCase("""{"terminationGracePeriodSeconds": "long"}""", "terminationGracePeriodSeconds")]
    public async Task A_pod_template_the_API_server_refuses_is_shown_with_its_words(string podSpec, string field)
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.ApplyAsync("v2", spec => spec["runtime"] = new JsonObject
        {
            ["podTemplate"] = new JsonObject { ["spec"] = JsonNode.Parse(podSpec) },
        });

        ModelDeploymentStatus status = await scene.WaitAsync(status => status.Message!.Contains("PodsRefused"), "PodsRefused");

        Assert.That(status.Message, Does.Contain(field));
        Assert.That(status.StableRevision, Is.EqualTo(stable));
        Assert.That(Condition(status, "Ready").Status, Is.EqualTo("True"));
    }

    [Test]
    public async Task Everything_made_for_a_model_belongs_to_it_so_that_it_goes_with_it()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        string uid = (await scene.GetAsync()).Metadata.Uid!;

        const string Ours = $"{Labels.ManagedBy}={Labels.Operator}";
        IEnumerable<V1ObjectMeta> made =
        [
            .. (await scene.World.AppsV1.ListNamespacedDeploymentAsync(scene.Namespace, labelSelector: Ours))
                .Items.Select(found => found.Metadata),
            .. (await scene.World.AppsV1.ListNamespacedControllerRevisionAsync(scene.Namespace, labelSelector: Ours))
                .Items.Select(found => found.Metadata),
            .. (await scene.World.CoreV1.ListNamespacedServiceAsync(scene.Namespace, labelSelector: Ours))
                .Items.Select(found => found.Metadata),
            .. (await scene.World.CoreV1.ListNamespacedServiceAccountAsync(scene.Namespace, labelSelector: Ours))
                .Items.Select(found => found.Metadata),
            .. (await scene.World.RbacAuthorizationV1.ListNamespacedRoleBindingAsync(scene.Namespace, labelSelector: Ours))
                .Items.Select(found => found.Metadata),
            .. (await scene.World.NetworkingV1.ListNamespacedNetworkPolicyAsync(scene.Namespace, labelSelector: Ours))
                .Items.Select(found => found.Metadata),
        ];

        Assert.That(made.Count(), Is.EqualTo(8));
        Assert.That(made.Select(metadata => metadata.OwnerReferences?.Select(owner => owner.Uid)), Is.All.EqualTo(new[] { uid }));
        await scene.Client.DeleteAsync(ModelDeploymentResource.Type, scene.Namespace, "digits", CancellationToken.None);
        await Eventually.TrueAsync(
            async () => await scene.World.FindModelAsync(scene.Namespace) is null, "no finalizer holds it");
    }

    [Test]
    public async Task What_somebody_changes_or_deletes_is_put_right()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.Client.DeleteAsync(Resources.Services, scene.Namespace, "digits", CancellationToken.None);
        await scene.Client.MergePatchAsync(
            Resources.Deployments,
            scene.Namespace,
            "model-router",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 0 } },
            CancellationToken.None);
        await scene.Client.DeleteAsync(Resources.Deployments, scene.Namespace, $"digits-{stable}", CancellationToken.None);

        await Eventually.TrueAsync(
            async () => await scene.World.FindServiceAsync(scene.Namespace, "digits") is not null, "the Service");
        await Eventually.TrueAsync(
            async () => (await scene.World.FindDeploymentAsync(scene.Namespace, "model-router"))!.Spec.Replicas == 2,
            "the routers");
        await Eventually.TrueAsync(
            async () => (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{stable}"))?.Spec.Replicas == 2,
            "the revision");
        await scene.WaitForPhaseAsync(RolloutPhase.Stable);
    }

    [TestCase("""{"labels": {"modeloperator.io/revision": null}}""", "label modeloperator.io/revision was missing")]
    [TestCase("""{"labels": {"app.kubernetes.io/managed-by": "somebody"}}""", "label app.kubernetes.io/managed-by was")]
    [TestCase("""{"ownerReferences": null}""", "owner digits was missing")]
    [TestCase("""{"labels": null, "annotations": null, "ownerReferences": null}""", "label modeloperator.io/model was missing")]
    public async Task A_stable_revision_that_is_relabelled_or_disowned_in_mid_rollout_stays_stable_and_is_put_right(
        string metadata, string told)
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.ApplyAsync(
            "v2", spec => spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 }));
        ModelDeploymentStatus before = await scene.WaitAsync(status => status.CanaryWeight == 20, "20 percent confirmed");
        string name = $"digits-{stable}";
        V1ObjectMeta meant = (await scene.World.FindDeploymentAsync(scene.Namespace, name))!.Metadata;

        await scene.Client.MergePatchAsync(
            Resources.Deployments,
            scene.Namespace,
            name,
            new JsonObject { ["metadata"] = JsonNode.Parse(metadata) },
            CancellationToken.None);

        await Eventually.TrueAsync(
            async () => (await scene.World.FindDeploymentAsync(scene.Namespace, name))!.Metadata is { } now
                && now.Uid == meant.Uid
                && meant.Labels.All(label => now.Labels?.TryGetValue(label.Key, out string? value) == true && value == label.Value)
                && now.OwnerReferences?.Single().Uid == meant.OwnerReferences.Single().Uid,
            "labels and owner are back");
        await Eventually.TrueAsync(
            async () => (await scene.World.EventsV1.ListNamespacedEventAsync(scene.Namespace)).Items
                .Any(happened => happened.Reason == "MetadataRestored" && happened.Note.Contains(told, StringComparison.Ordinal)),
            "an Event that says so");
        ModelDeploymentStatus after = (await scene.GetAsync()).Status!;
        Assert.That((after.StableRevision, after.CanaryRevision), Is.EqualTo((stable, before.CanaryRevision)));
        Assert.That(after.Routing!.Version, Is.EqualTo(before.Routing!.Version), "no table was written in between");
        Assert.That(after.History!.Select(decision => decision.Action), Does.Not.Contain("StableLost"));
    }

    [Test]
    public async Task A_Service_that_is_relabelled_is_put_right()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);

        await scene.Client.MergePatchAsync(
            Resources.Services,
            scene.Namespace,
            "digits",
            (JsonObject)JsonNode.Parse("""{"metadata": {"labels": null}}""")!,
            CancellationToken.None);

        await Eventually.TrueAsync(
            async () => (await scene.World.FindServiceAsync(scene.Namespace, "digits"))!.Metadata.Labels
                ?.TryGetValue("modeloperator.io/model", out string? model) == true && model == "digits",
            "the labels");
        await scene.World.EventAsync(scene.Namespace, "MetadataRestored");
        await scene.WaitForPhaseAsync(RolloutPhase.Stable);
    }

    private static async Task<string> BringUpAsync(Scene scene)
    {
        await scene.ApplyAsync("v1");
        return (await scene.WaitForPhaseAsync(RolloutPhase.Stable)).StableRevision!;
    }

    private static Condition Condition(ModelDeploymentStatus status, string type) =>
        status.Conditions!.Single(condition => condition.Type == type);

    private static V1Deployment SomebodysDeployment(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1DeploymentSpec
        {
            Replicas = 0,
            Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "other" } },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = "other" } },
                Spec = new V1PodSpec { Containers = [new V1Container { Name = "other", Image = "registry.example/other:1" }] },
            },
        },
    };

    private static JsonObject DigestMismatch() => new()
    {
        ["phase"] = "Pending",
        ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "False" }),
        ["initContainerStatuses"] = new JsonArray(new JsonObject
        {
            ["name"] = "fetch",
            ["image"] = "registry.example/x:1",
            ["imageID"] = "",
            ["ready"] = false,
            ["restartCount"] = 1,
            ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff" } },
            ["lastState"] = new JsonObject
            {
                ["terminated"] = new JsonObject
                {
                    ["exitCode"] = 1,
                    ["message"] = """{"reason":"DigestMismatch","message":"the file has digest sha256:bb"}""",
                },
            },
        }),
    };
}
