using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Intents;

[Parallelizable(ParallelScope.All)]
public sealed class IntentTests
{
    private const string Image = "registry.example/inference-runtime:1";

    [Test]
    public void The_Deployment_of_the_smallest_model() =>
        Golden.Verify(Deployment(Models.Digits(), 1), "smallest");

    [Test]
    public void The_Deployment_of_a_model_that_uses_every_field() => Golden.Verify(
        Deployment(
            Models.Digits(model =>
            {
                model.Spec.Model.Digest = "sha256:" + new string('a', 64);
                model.Spec.Model.CredentialsSecretRef = new LocalSecretReference { Name = "model-store" };
                model.Spec.Runtime = new RuntimeSpec
                {
                    Image = "registry.example/own-runtime:2",
                    Accelerator = new AcceleratorSpec { Kind = AcceleratorKind.Gpu, Count = 2 },
                    ExecutionProviders = [ExecutionProvider.TensorRT, ExecutionProvider.CUDA, ExecutionProvider.CPU],
                    Batching = new()
                    {
                        MaxBatchSize = 32,
                        PreferredBatchSizes = [16, 8],
                        MaxQueueDelayMicroseconds = 2000,
                        MaxQueueSize = 512,
                    },
                    Instances = 2,
                    Precision = ModelPrecision.Fp16,
                    Threads = 3,
                    RequestTimeoutMilliseconds = 50_000,
                    MaxRequestMebibytes = 100,
                    PodTemplate = (JsonObject)JsonNode.Parse(
                        """
                        {
                          "metadata": {
                            "annotations": {"team": "vision"},
                            "labels": {"tier": "gold", "modeloperator.io/revision": "elsewhere"}
                          },
                          "spec": {
                            "nodeSelector": {"pool": "gpu"},
                            "priorityClassName": "serving",
                            "tolerations": [{"key": "dedicated", "operator": "Exists"}],
                            "containers": [
                              {"name": "runtime", "resources": {"requests": {"memory": "2Gi"}}, "env": [{"name": "A", "value": "b"}]},
                              {"name": "sidecar", "image": "registry.example/sidecar:1"}
                            ]
                          }
                        }
                        """)!,
                };
            }),
            3),
        "every-field");

    [Test]
    public void Without_batching_rows_are_computed_one_at_a_time() => Assert.That(
        Arguments(new() { Runtime = new() { Batching = new() { Mode = BatchingMode.Disabled } } }), Does.Contain("--max-batch-size 1"));

    [Test]
    public void The_server_is_told_what_feedback_is_about_and_the_routers_how_near_a_number_must_be() => Assert.That(
        Arguments(new() { Feedback = new() { Kind = FeedbackKind.Regression, Output = "price", Tolerance = new() { Percent = "5" } } }),
        Does.EndWith("--feedback-kind regression --feedback-output price"));

    [Test]
    public void A_volume_of_the_users_takes_the_place_of_the_one_for_what_is_made_of_the_model()
    {
        JsonObject deployment = Deployment(
            Models.Digits(model => model.Spec.Runtime = new RuntimeSpec
            {
                PodTemplate = (JsonObject)JsonNode.Parse(
                    """{"spec": {"volumes": [{"name": "cache", "persistentVolumeClaim": {"claimName": "engines"}}]}}""")!,
            }),
            1);

        JsonNode[] volumes =
        [
            .. deployment["spec"]!["template"]!["spec"]!["volumes"]!.AsArray()
                .Where(v => (string)v!["name"]! == "cache")
                .Select(v => v!),
        ];
        Assert.That(volumes.Single().ToJsonString(), Is.EqualTo("""{"name":"cache","persistentVolumeClaim":{"claimName":"engines"}}"""));
    }

    [Test]
    public void Nobody_loads_or_unloads_models_of_a_pod_that_the_operator_made() => Assert.That(
        Deployment(Models.Digits(), 1)["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray()
            .Select(argument => (string)argument!),
        Has.None.StartsWith("--model-control"), "it is none unless it is set");

    [Test]
    public void A_pod_that_serves_a_model_sees_of_the_keys_only_those_that_sign_no_prediction_and_starts_without_them()
    {
        JsonNode pod = Deployment(Models.Digits(), 1)["spec"]!["template"]!["spec"]!;
        JsonNode keys = pod["volumes"]!.AsArray().Single(volume => (string)volume!["name"]! == "model-router-keys")!["secret"]!;

        Assert.That(keys["items"]!.AsArray().Select(item => (string)item!["key"]!), Is.EqualTo(new[] { "inference-keys" }));
        Assert.That((bool)keys["optional"]!, Is.True);
    }

    [Test]
    public void A_pod_has_the_time_to_serve_on_and_to_answer_its_longest_request()
    {
        JsonNode pod = Deployment(
            Models.Digits(model => model.Spec.Runtime = new RuntimeSpec { RequestTimeoutMilliseconds = 50_000 }),
            1)["spec"]!["template"]!["spec"]!;
        string[] arguments = [.. pod["containers"]![0]!["args"]!.AsArray().Select(argument => (string)argument!)];
        int drain = int.Parse(arguments[Array.IndexOf(arguments, "--drain-seconds") + 1]);

        Assert.That((int)pod["terminationGracePeriodSeconds"]!, Is.GreaterThanOrEqualTo(drain + 50 + 5));
    }

    [Test]
    public void The_Service_of_a_model_leads_to_the_routers() => Golden.Verify(ModelService.Build(Models.Digits()), "service");

    [Test]
    public void The_Service_of_a_revision_leads_to_its_pods() =>
        Golden.Verify(RevisionService.Build(Models.Digits(), "0123456789"), "revision-service");

    [Test]
    public void The_Job_of_an_evaluation_with_data_from_a_store() => Golden.Verify(
        Evaluation(
            new EvaluationDataset
            {
                Uri = "https://store.example/digits.ndjson",
                Digest = "sha256:" + new string('a', 64),
                CredentialsSecretRef = new LocalSecretReference { Name = "model-store" },
            },
            "fedcba9876",
            model => model.Spec.Runtime = new RuntimeSpec
            {
                PodTemplate = (JsonObject)JsonNode.Parse(
                    """{"spec": {"imagePullSecrets": [{"name": "pull"}], "nodeSelector": {"pool": "models"}"""
                    + """, "priorityClassName": "serving"}}""")!,
            }),
        "evaluation-uri");

    [Test]
    public void The_Job_of_an_evaluation_of_a_first_revision_with_data_from_a_ConfigMap() => Golden.Verify(
        Evaluation(new EvaluationDataset { ConfigMapKeyRef = new ConfigMapKeyReference { Name = "digits", Key = "rows" } }, stable: null),
        "evaluation-config-map");

    [Test]
    public void The_Job_of_an_evaluation_with_data_on_a_volume() => Golden.Verify(
        Evaluation(
            new EvaluationDataset
            {
                PersistentVolumeClaim = new VolumeFileReference { ClaimName = "data", Path = "sets/digits.ndjson" },
            },
            "fedcba9876"),
        "evaluation-volume");

    [Test]
    public void An_evaluation_judges_as_feedback_does()
    {
        JsonObject job = Evaluation(
            new EvaluationDataset { Uri = "https://store.example/prices.ndjson" }, "fedcba9876",
            model => model.Spec.Feedback = new FeedbackSpec
            {
                Kind = FeedbackKind.Regression,
                Output = "price",
                Tolerance = new() { Absolute = "0.5", Percent = "2.5" },
            });

        string arguments = string.Join(' ', job["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray());
        Assert.That(arguments, Does.Contain("--feedback-kind regression --feedback-output price --feedback-tolerance 0.5,2.5%"));
    }

    [Test]
    public void A_signed_model_of_S3_that_the_pod_reads_as_itself_through_a_cache() => Golden.Verify(
        Deployment(
            Models.Digits(model => model.Spec.Model = new ModelSource
            {
                Uri = "s3://models/digits.tar.gz?region=eu-central-1",
                Digest = "sha256:" + new string('a', 64),
                WorkloadIdentity = true,
                Signature = new ModelSignature { PublicKeySecretRef = new SecretKeyReference { Name = "signers", Key = "release.pub" } },
                Cache = new ModelCache { ClaimName = "model-cache" },
            }),
            1,
            allowedNetworks: "10.96.0.0/12,private"),
        "model-signed-cached");

    [Test]
    public void A_model_on_a_volume() => Golden.Verify(
        Deployment(
            Models.Digits(model => model.Spec.Model = new ModelSource { Uri = "pvc://models/digits/v1" }), 1, allowedNetworks: "private"),
        "model-volume");

    [Test]
    public void A_data_set_on_a_volume_by_its_address()
    {
        JsonNode pod = Evaluation(new EvaluationDataset { Uri = "pvc://data/digits.ndjson" }, stable: null)["spec"]!["template"]!["spec"]!;

        Assert.That(
            pod["containers"]![0]!["args"]!.AsArray().Select(argument => (string)argument!).Take(5),
            Is.EqualTo(["evaluate", "--dataset", "pvc://data/digits.ndjson", "--volume", "/var/run/modeloperator/claim"]));
        Assert.That(
            pod["volumes"]![1]!.ToJsonString(),
            Is.EqualTo("""{"name":"claim","persistentVolumeClaim":{"claimName":"data","readOnly":true}}"""));
    }

    [TestCase("https://models.example/x", null, "public")]
    [TestCase("https://models.example/x", "private", "private")]
    [TestCase("pvc://models/x", null, "public")]
    public void The_networks_of_the_installation_are_always_on_the_command_line(string uri, string? allowed, string passed)
    {
        JsonNode pod = Deployment(Models.Digits(model => model.Spec.Model.Uri = uri), 1, allowedNetworks: allowed)
            ["spec"]!["template"]!["spec"]!;

        Assert.That(
            string.Join(' ', pod["initContainers"]![0]!["args"]!.AsArray().Select(argument => (string)argument!)),
            Does.Contain($"--allowed-networks {passed}"));
    }

    [Test]
    public void Another_rollout_or_another_evaluation_is_another_Job()
    {
        var data = new EvaluationDataset { Uri = "https://store.example/digits.ndjson" };
        JsonObject[] jobs =
        [
            Evaluation(data, "fedcba9876"),
            Evaluation(data, "fedcba9876", model => model.Status = new() { Rollout = new() { StartedAt = DateTimeOffset.UnixEpoch } }),
            Evaluation(
                data,
                "fedcba9876",
                model => model.Status = new() { Rollout = new() { StartedAt = DateTimeOffset.UnixEpoch.AddTicks(1) } }),
            Evaluation(new EvaluationDataset { Uri = "https://store.example/other.ndjson" }, "fedcba9876"),
        ];

        Assert.That(jobs.Select(EvaluationJob.NameOf), Is.Unique.And.All.Match("^digits-0123456789-evaluation-[0-9a-f]{8}$"));
        Assert.That(EvaluationJob.NameOf(Evaluation(data, "fedcba9876")), Is.EqualTo(EvaluationJob.NameOf(jobs[0])));
    }

    [Test]
    public void The_router_of_a_namespace() => Golden.Verify(
        RouterDeployment.Build("vision", [Models.Digits()], "registry.example/model-router:1", 2), "router-deployment");

    [Test]
    public void Helper_containers_have_limits_for_a_quota_that_asks_for_them()
    {
        JsonNode router = RouterDeployment.Build("vision", [Models.Digits()], "registry.example/model-router:1", 2)
            ["spec"]!["template"]!["spec"]!;
        JsonNode evaluation = Evaluation(new EvaluationDataset { Uri = "https://store.example/rows.ndjson" }, stable: null)
            ["spec"]!["template"]!["spec"]!;
        JsonNode model = Deployment(Models.Digits(), 1)["spec"]!["template"]!["spec"]!;

        JsonNode[] helpers =
        [
            .. router["containers"]!.AsArray()!,
            .. evaluation["containers"]!.AsArray()!,
            .. model["initContainers"]!.AsArray()!,
        ];
        Assert.That(helpers, Has.Length.EqualTo(3));
        Assert.That(
            helpers.Select(container => container["resources"]!["limits"]!.AsObject().Select(limit => limit.Key)),
            Is.All.EquivalentTo(new[] { "cpu", "memory" }));
    }

    [Test]
    public void The_router_may_read_its_namespace_and_keeps_one_pod_when_nodes_are_drained()
    {
        Golden.Verify(RouterAccess.ServiceAccount("vision", [Models.Digits()]), "router-service-account");
        Golden.Verify(RouterAccess.RoleBinding("vision", [Models.Digits()]), "router-role-binding");
        Golden.Verify(RouterBudget.Build("vision", [Models.Digits()]), "router-budget");
    }

    [Test]
    public void Clients_reach_the_routers_and_only_routers_and_Jobs_reach_the_models()
    {
        var prometheus = new JsonArray(
            new JsonObject { ["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "prometheus" } } });

        Golden.Verify(NetworkPolicies.Routers("vision", [Models.Digits()], prometheus), "router-network-policy");
        Golden.Verify(NetworkPolicies.InferencePods("vision", [Models.Digits()], prometheus), "inference-network-policy");
        Assert.That(
            NetworkPolicies.InferencePods("vision", [Models.Digits()], [])["spec"]!["ingress"]!.AsArray().Select(rule => rule!["from"]),
            Has.Exactly(1).Items.And.All.Not.Null, "a rule without peers would let everybody in");
    }

    [Test]
    public void The_router_belongs_to_every_living_model_whatever_their_order()
    {
        ModelDeployment a = Models.Named("a", "uid-2");
        ModelDeployment b = Models.Named("b", "uid-1");
        ModelDeployment leaving = Models.Named("c", "uid-0", DateTimeOffset.UnixEpoch);

        string[] forward = OwnerNames(RouterAccess.ServiceAccount("vision", [a, b, leaving]));
        string[] backward = OwnerNames(RouterAccess.ServiceAccount("vision", [leaving, b, a, b]));

        Assert.That(forward, Is.EqualTo(new[] { "b", "a" }));
        Assert.That(backward, Is.EqualTo(forward));
    }

    [Test]
    public void Two_revisions_differ_in_name_labels_and_selector_alone()
    {
        string first = WithoutHash(Deployment(Models.Digits(), 1, "aaaaaaaaaa"));
        string second = WithoutHash(Deployment(Models.Digits(), 1, "bbbbbbbbbb"));

        Assert.That(first.Replace("aaaaaaaaaa", "bbbbbbbbbb", StringComparison.Ordinal), Is.EqualTo(second));
    }

    [Test]
    public void A_Deployment_is_known_by_its_selector_whatever_became_of_its_labels_and_owners()
    {
        ModelDeployment model = Models.Digits();
        Deployment bare = Deployments.Of("aaaaaaaaaa", 1);
        Deployment managed = Deployments.Of("aaaaaaaaaa", 1);
        managed.Metadata.OwnerReferences = [new OwnerReference { Uid = "an-earlier-life", Controller = true }];
        Deployment otherModel = Deployments.Of("aaaaaaaaaa", 1);
        otherModel.Spec.Selector!.MatchLabels![Labels.Model] = "letters";

        Assert.That(RevisionDeployment.RevisionOf(model, bare), Is.EqualTo("aaaaaaaaaa"));
        Assert.That(RevisionDeployment.RevisionOf(model, managed), Is.Null, "the garbage collector is about to take it");
        Assert.That(RevisionDeployment.RevisionOf(model, otherModel), Is.Null);
    }

    [Test]
    public void A_pod_template_cannot_take_pods_away_from_their_Deployment()
    {
        JsonObject deployment = Deployment(
            Models.Digits(model => model.Spec.Runtime = new RuntimeSpec
            {
                PodTemplate = (JsonObject)JsonNode.Parse("""{"metadata": {"labels": null}}""")!,
            }),
            1);

        Assert.That(
            deployment["spec"]!["template"]!["metadata"]!["labels"]!.ToJsonString(),
            Is.EqualTo(deployment["spec"]!["selector"]!["matchLabels"]!.ToJsonString()));
    }

    private static string WithoutHash(JsonObject deployment)
    {
        deployment["metadata"]!.AsObject().Remove("annotations");
        return deployment.ToJsonString();
    }

    private static JsonObject Evaluation(EvaluationDataset dataset, string? stable, Action<ModelDeployment>? change = null)
    {
        ModelDeployment model = Models.Digits(change);
        model.Spec.Rollout = new RolloutSpec
        {
            Evaluation = new EvaluationSpec { Dataset = dataset, MinAccuracyPercent = 92, MaxMilliseconds = stable is null ? null : 50 },
        };
        EffectiveSpec spec = Defaults.Resolve(model.Spec, Image);
        return EvaluationJob.Build(
            model, new Rollouts.EvaluationPlan(spec.Rollout.Evaluation!, "0123456789", stable), spec, "registry.example/default-runtime:1");
    }

    private static string Arguments(ModelDeploymentSpec spec)
    {
        spec.Model = Models.Digits().Spec.Model;
        return string.Join(' ', ServeArguments.Of("digits", "/models/model.onnx", 8080, 9000, "/cache", Defaults.Resolve(spec, Image)));
    }

    private static JsonObject Deployment(
        ModelDeployment model, int replicas, string revision = "0123456789", string? allowedNetworks = null) =>
        RevisionDeployment.Build(model, revision, replicas, Defaults.Resolve(model.Spec, Image), allowedNetworks);

    private static string[] OwnerNames(JsonObject intent) =>
        [.. intent["metadata"]!["ownerReferences"]!.AsArray().Select(owner => (string)owner!["name"]!)];
}
