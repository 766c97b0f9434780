using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Testing;
using WatchEventType = ModelOperator.Kubernetes.Client.WatchEventType;

namespace ModelOperator.Api.Tests.ApiServer;

[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CustomResourceTests : IAsyncDisposable
{
    private CustomResource _resource = null!;
    private TestNamespace _namespace = null!;

    [SetUp]
    public async Task Make_a_namespace()
    {
        _resource = await CustomResource.GetAsync();
        _namespace = await _resource.Server.CreateNamespaceAsync();
    }

    public ValueTask DisposeAsync() => _namespace.DisposeAsync();

    [Test]
    public async Task Defaults_are_filled_in()
    {
        await Apply(Manifest("rollout: {steps: [{weight: 5}], analysis: {guardrails: [{name: a, type: Accuracy}]}}"));

        var spec = JsonNode.Parse(await Kubectl("get", "mdep/digits", "--output=json"))!["spec"]!;
        Assert.That(JsonNode.DeepEquals(spec, Specs.Json(
            """
            {
              "model": {"uri": "https://models.example.com/digits.onnx"},
              "replicas": 1,
              "rollout": {
                "steps": [{"weight": 5}],
                "analysis": {
                  "intervalSeconds": 10, "confidencePercent": 99, "deadlineSeconds": 86400, "onInconclusive": "Hold",
                  "guardrails": [{"name": "a", "type": "Accuracy"}]
                },
                "progressDeadlineSeconds": 600,
                "revisionHistoryLimit": 10
              }
            }
            """)), Is.True, spec.ToJsonString());
    }

    [Test]
    public async Task The_same_file_applied_again_changes_nothing_and_server_side_apply_finds_no_conflict()
    {
        string manifest = Manifest(
            """
            rollout:
                steps: [{weight: 5}, {weight: 50, minRequests: 20}]
                evaluation: {dataset: {uri: 'https://models.example.com/rows'}, minAccuracyPercent: 92}
                analysis:
                  guardrails:
                  - {name: errors, type: ErrorRate}
                  - name: returns
                    type: Prometheus
                    prometheus: {address: 'http://p', badQuery: 'b{r="{{revision}}"}', totalQuery: 't{r="{{revision}}"}'}
                  - {name: desk, type: Webhook, webhook: {url: 'http://desk/approve'}}
                  - {name: check, type: Job, job: {template: {spec: {containers: [{name: check, image: 'check:1'}]}}}}
            """);
        await Apply(manifest);

        var again = await TryApply(manifest);
        var serverSide = await TryApply(manifest, "--server-side");

        Assert.That(again.Output, Does.Contain("digits unchanged"), again.Errors);
        Assert.That(serverSide.Succeeded, Is.True, serverSide.Errors);
    }

    [TestCase("replicas: -1", "spec.replicas", "-1")]
    [TestCase("replicas: 1001", "spec.replicas", "1001")]
    [TestCase("model: {uri: 'ftp://host/model'}", "spec.model.uri", "ftp://host/model")]
    [TestCase("model: {uri: 'https://user:pass@host/model'}", "spec.model.uri", "host/model")]
    [TestCase("model: {uri: 'https://host/model?X-Amz-Signature=secret'}", "spec.model.uri", "host/model")]
    [TestCase("model: {uri: 'https://host/model', digest: 'sha256:12'}", "spec.model.digest", "sha256:12")]
    [TestCase("model: {uri: 'https://host/model', credentialsSecretRef: {name: 'A B'}}", "spec.model.credentialsSecretRef.name", "A B")]
    [TestCase("runtime: {accelerator: {kind: Tpu}}", "spec.runtime.accelerator.kind", "Tpu")]
    [TestCase("runtime: {accelerator: {kind: Gpu, count: 0}}", "spec.runtime.accelerator.count", "0")]
    [TestCase("runtime: {executionProviders: [OpenVINO]}", "spec.runtime.executionProviders", "OpenVINO")]
    [TestCase("runtime: {image: ''}", "spec.runtime.image", "")]
    [TestCase("runtime: {batching: {mode: Always}}", "spec.runtime.batching.mode", "Always")]
    [TestCase("runtime: {batching: {maxBatchSize: 4097}}", "spec.runtime.batching.maxBatchSize", "4097")]
    [TestCase("runtime: {instances: 0}", "spec.runtime.instances", "0")]
    [TestCase("runtime: {requestTimeoutMilliseconds: 60001}", "spec.runtime.requestTimeoutMilliseconds", "60001")]
    [TestCase("feedback: {kind: Ranking}", "spec.feedback.kind", "Ranking")]
    [TestCase("feedback: {kind: Regression, tolerance: {percent: '5%'}}", "spec.feedback.tolerance.percent", "5%")]
    [TestCase("rollout: {steps: []}", "spec.rollout.steps", "")]
    [TestCase("rollout: {steps: [{weight: 101}]}", "spec.rollout.steps", "101")]
    [TestCase("rollout: {analysis: {confidencePercent: 100}}", "spec.rollout.analysis.confidencePercent", "100")]
    [TestCase("rollout: {analysis: {onInconclusive: Wait}}", "spec.rollout.analysis.onInconclusive", "Wait")]
    [TestCase("rollout: {analysis: {guardrails: [{name: a, type: Speed}]}}", "spec.rollout.analysis.guardrails", "Speed")]
    [TestCase(
        "rollout: {analysis: {guardrails: [{name: a, type: Accuracy}, {name: a, type: Latency}]}}", "spec.rollout.analysis.guardrails",
        "Duplicate")]
    public async Task A_wrong_value_is_refused_with_the_field_and_the_value(string spec, string field, string value)
    {
        var result = await TryApply(Manifest(spec));

        Assert.That(result.Succeeded, Is.False);
        Assert.That(result.Errors, Does.Contain(field).And.Contain(value));
    }

    [TestCase("my.digits")]
    [TestCase("1digits")]
    [TestCase("a23456789-123456789-123456789-123456789-123456789-123")]
    public async Task A_name_that_leaves_no_room_for_a_service_and_a_revision_is_refused(string name)
    {
        var result = await TryApply(Manifest("replicas: 1", name));

        Assert.That(result.Succeeded, Is.False);
        Assert.That(result.Errors, Does.Contain("metadata.name").And.Contain(name));
    }

    [TestCase("runtime: {accelerator: {kind: Cpu, count: 1}}", "belong to kind Gpu")]
    [TestCase("runtime: {executionProviders: [CUDA]}", "need accelerator.kind Gpu")]
    [TestCase("runtime: {executionProviders: [CPU, CPU]}", "each provider once")]
    [TestCase(
        "runtime: {accelerator: {kind: Gpu}, executionProviders: [CUDA, TensorRT], precision: Fp16}",
        "precision Fp16 needs TensorRT first")]
    [TestCase(
        "feedback: {kind: Explicit}\n  rollout: {evaluation: {dataset: {uri: 'http://a/b'}, minAccuracyPercent: 92}}",
        "want Classification or Regression")]
    [TestCase("runtime: {batching: {mode: Disabled, maxBatchSize: 8}}", "allows no other field")]
    [TestCase("runtime: {batching: {maxBatchSize: 8, preferredBatchSizes: [4, 16]}}", "must be from 1 to maxBatchSize")]
    [TestCase("runtime: {batching: {maxBatchSize: 8, preferredBatchSizes: [4, 4]}}", "each size once")]
    [TestCase("feedback: {kind: Regression}", "kind Regression requires tolerance")]
    [TestCase("feedback: {tolerance: {percent: '5'}}", "kind Regression requires tolerance")]
    [TestCase("feedback: {kind: Regression, tolerance: {}}", "give absolute or percent")]
    [TestCase("feedback: {kind: Explicit, output: scores}", "output belongs to kinds")]
    [TestCase("rollout: {steps: [{weight: 50}, {weight: 5}]}", "must not decrease")]
    [TestCase("rollout: {analysis: {intervalSeconds: 60, deadlineSeconds: 30}}", "must not be longer")]
    [TestCase("rollout: {analysis: {guardrails: [{name: a, type: Accuracy, maxMilliseconds: 5}]}}", "belong to type Latency")]
    [TestCase(
        "rollout: {analysis: {guardrails: [{name: a, type: Latency, maxMilliseconds: 5, quantilePercent: 95, marginPercent: 1}]}}",
        "judges the canary alone")]
    [TestCase("rollout: {analysis: {guardrails: [{name: a, type: ErrorRate, minAccuracyPercent: 92}]}}", "belongs to type Accuracy")]
    [TestCase("rollout: {analysis: {guardrails: [{name: a, type: Accuracy, maxErrorPercent: 1}]}}", "belongs to type ErrorRate")]
    [TestCase(
        "rollout: {analysis: {guardrails: [{name: a, type: Prometheus}]}}", "type Prometheus and the field prometheus belong together")]
    [TestCase(
        "rollout: {analysis: {guardrails: [{name: a, type: Webhook, webhook: {url: 'http://a/b'}, marginPercent: 1}]}}",
        "gives its own verdict")]
    [TestCase(
        "rollout: {analysis: {guardrails: [{name: a, type: Prometheus, prometheus: {address: 'http://a', badQuery: "
        + "'b{r=\"{{revision}}\"}'}}]}}",
        "badQuery and totalQuery belong together")]
    [TestCase("rollout: {evaluation: {dataset: {uri: 'http://a/b'}}}", "every revision passes")]
    [TestCase("rollout: {evaluation: {dataset: {}, minAccuracyPercent: 92}}", "exactly one of uri")]
    public async Task A_rule_between_fields_is_checked_by_servers_that_know_rules_and_by_the_validator_for_the_others(
        string spec, string message)
    {
        var result = await TryApply(Manifest(spec));

        Assert.That(result.Succeeded, Is.EqualTo(!_resource.HasRules), result.Errors);
        if (_resource.HasRules)
        {
            Assert.That(result.Errors, Does.Contain(message));
        }
        else
        {
            Assert.That(Validation.ModelDeploymentValidator.Validate(await ReadAsync()), Has.Count.EqualTo(1));
        }
    }

    [Test]
    public async Task An_unknown_field_is_refused_by_kubectl_and_named()
    {
        var result = await TryApply(Manifest("replica: 3"));

        Assert.That(result.Succeeded, Is.False);
        Assert.That(result.Errors, Does.Contain("replica"));
    }

    [Test]
    public async Task Kubectl_scales_and_autoscalers_find_the_pods()
    {
        await Apply(Manifest("replicas: 1"));
        await SetStatusAsync("""{"replicas":2,"selector":"modeloperator.io/model=digits"}""");

        await Kubectl("scale", "mdep/digits", "--replicas=3");

        var scale = JsonNode.Parse(await _resource.Kubectl.RunAsync(
            "", "get", "--raw", $"/apis/modeloperator.io/v1alpha1/namespaces/{_namespace.Name}/modeldeployments/digits/scale"))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)scale["spec"]!["replicas"]!, Is.EqualTo(3));
            Assert.That((int)scale["status"]!["replicas"]!, Is.EqualTo(2));
            Assert.That((string)scale["status"]!["selector"]!, Is.EqualTo("modeloperator.io/model=digits"));
        }
    }

    [Test]
    public async Task Kubectl_explains_every_level()
    {
        // Line breaks depend on kubectl.
        var rollout = string.Join(
            ' ',
            (await Kubectl("explain", "mdep.spec.rollout")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var weight = string.Join(
            ' ', (await Kubectl("explain", "mdep.spec.rollout.steps.weight")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.That(rollout, Does.Contain("How a new revision takes over.").And.Contain(
            "Seconds a canary may have too few ready pods before it is rejected."));
        Assert.That(weight, Does.Contain("Percent of requests the canary gets."));
    }

    [Test]
    public async Task Kubectl_get_shows_what_a_rollout_does()
    {
        await Apply(Manifest("replicas: 1"));
        await SetStatusAsync(
            """
            {"phase":"Analyzing","stableRevision":"aaaaaaaaaa","canaryRevision":"bbbbbbbbbb","canaryWeight":25,"message":"Comparing.",
              "conditions":[{"type":"Ready","status":"True"}]}
            """);

        var all = await Kubectl("get", "all");
        var wide = await Kubectl("get", "mdep", "--output=wide");

        Assert.That(all, Does.Match(@"modeldeployment.modeloperator.io/digits\s+True\s+Analyzing\s+aaaaaaaaaa\s+bbbbbbbbbb\s+25"));
        Assert.That(wide, Does.Match(@"NAME\s+READY\s+PHASE\s+STABLE\s+CANARY\s+WEIGHT\s+MESSAGE\s+AGE").And.Contain("Comparing."));
    }

    [Test]
    public async Task Nothing_of_the_types_is_unknown_to_the_server()
    {
        var entity = Specs.Entity(digits =>
        {
            digits.Metadata.Namespace = _namespace.Name;
            digits.ApiVersion = ModelDeploymentResource.Type.ApiVersion;
            digits.Kind = ModelDeployment.KindName;
        });
        entity.Spec = Filled.Spec();
        var created = await _resource.Server.Client.CreateAsync(ModelDeploymentResource.Type, entity, CancellationToken.None);
        created.Status = Filled.Status();
        await _resource.Server.Client.UpdateAsync(ModelDeploymentResource.Type, created, CancellationToken.None, "status");

        var read = await ReadAsync();

        Assert.That(Filled.Json(read.Spec), Is.EqualTo(Filled.Json(Filled.Spec())));
        Assert.That(Filled.Json(read.Status!), Is.EqualTo(Filled.Json(Filled.Status())));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_pod_template_nested_deeper_than_json_readers_go_hides_no_other_object(CancellationToken cancellationToken)
    {
        var client = _resource.Server.Client;
        var before = await client.ListAsync(ModelDeploymentResource.Type, _namespace.Name, new ListOptions(), cancellationToken);
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 200)) + "1" + new string('}', 200);
        await Apply(Manifest($"runtime: {{podTemplate: {{spec: {deep}}}}}", "deep"));
        await Apply(Manifest("replicas: 1"));

        var list = await client.ListAsync(ModelDeploymentResource.Type, _namespace.Name, new ListOptions(), cancellationToken);
        var watched = await client
            .WatchAsync(
                ModelDeploymentResource.Type,
                _namespace.Name,
                new ListOptions { ResourceVersion = before.ResourceVersion },
                cancellationToken)
            .FirstAsync(change => change is { Type: WatchEventType.Added, Object: not null }, cancellationToken);

        Assert.That(list.Items.Select(item => item.Metadata.Name), Is.EqualTo(["digits"]));
        Assert.That(list.Unreadable.Select(item => item.Name), Is.EqualTo([$"{_namespace.Name}/deep"]));
        Assert.That(watched.Object?.Metadata.Name, Is.EqualTo("digits"));
    }

    [Test]
    public async Task The_samples_are_accepted()
    {
        var result = await TryApply("", "--dry-run=server", "--filename", Path.Combine(Repository.Root, "crds", "samples"));

        Assert.That(result.Succeeded, Is.True, result.Errors);
        Assert.That(result.Output, Does.Contain("digits-rollout").And.Contain("digits-gpu"));
    }

    private static string Manifest(string spec, string name = "digits") =>
        $$"""
        apiVersion: modeloperator.io/v1alpha1
        kind: ModelDeployment
        metadata:
          name: {{name}}
        spec:
          {{(spec.StartsWith("model:", StringComparison.Ordinal) ? "" : "model: {uri: 'https://models.example.com/digits.onnx'}")}}
          {{spec}}
        """;

    private async Task<ModelDeployment> ReadAsync() =>
        ((JsonElement)await _resource.Server.World.CustomObjects.GetNamespacedCustomObjectAsync(
            ModelDeployment.Group, ModelDeployment.Version, _namespace.Name, ModelDeployment.Plural, "digits"))
        .Deserialize(ApiJsonContext.Default.ModelDeployment)!;

    private Task SetStatusAsync(string status) => _resource.Server.World.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
        JsonNode.Parse(status).StatusPatch(), ModelDeployment.Group, ModelDeployment.Version, _namespace.Name,
        ModelDeployment.Plural, "digits");

    private Task<string> Kubectl(params string[] arguments) =>
        _resource.Kubectl.RunAsync("", ["--namespace", _namespace.Name, .. arguments]);

    private async Task Apply(string manifest)
    {
        var result = await TryApply(manifest);
        Assert.That(result.Succeeded, Is.True, result.Errors);
    }

    private Task<KubectlResult> TryApply(string manifest, params string[] options) => _resource.Kubectl.TryAsync(
        manifest,
        ["--namespace", _namespace.Name, "apply", .. manifest.Length > 0 ? ["--filename", "-"] : Array.Empty<string>(), .. options]);
}
