using System.Text.Json.Nodes;
using FsCheck;

namespace ModelOperator.Api.Tests;

public class RevisionHashTests
{
    private static readonly string Minimal = RevisionHash.Of(Specs.Minimal(), Specs.RuntimeImage);

    [Test]
    public void A_revision_is_ten_hexadecimal_digits_and_stays_the_same_from_release_to_release()
    {
        // Another name for the same pods would roll every model of a cluster out anew when the operator is upgraded.
        Assert.That(Minimal, Is.EqualTo("742b98154c"));
    }

    private static IEnumerable<TestCaseData> ChangesThatPodsServe()
    {
        yield return Case("another address", spec => spec.Model.Uri += "2");
        yield return Case("a digest", spec => spec.Model.Digest = "sha256:" + new string('a', 64));
        yield return Case("credentials", spec => spec.Model.CredentialsSecretRef = new LocalSecretReference { Name = "store" });
        yield return Case("another runtime image", spec => spec.Runtime = new RuntimeSpec { Image = "registry.example/runtime:2" });
        yield return Case("a GPU", spec => spec.Runtime = Gpu(new AcceleratorSpec()));
        yield return Case("two GPUs", spec => spec.Runtime = Gpu(new AcceleratorSpec { Count = 2 }));
        yield return Case("GPUs of another make", spec => spec.Runtime = Gpu(new AcceleratorSpec { ResourceName = "amd.com/gpu" }));
        yield return Case("another order of providers", spec =>
        {
            spec.Runtime = Gpu(new AcceleratorSpec());
            spec.Runtime.ExecutionProviders = [ExecutionProvider.CPU, ExecutionProvider.CUDA];
        });
        yield return Case("a largest batch", spec => spec.Runtime = Batching(new() { MaxBatchSize = 16 }));
        yield return Case("preferred batches", spec => spec.Runtime = Batching(new() { MaxBatchSize = 16, PreferredBatchSizes = [8] }));
        yield return Case("a delay", spec => spec.Runtime = Batching(new() { MaxQueueDelayMicroseconds = 1000 }));
        yield return Case("a length of the queue", spec => spec.Runtime = Batching(new() { MaxQueueSize = 1000 }));
        yield return Case("no batching", spec => spec.Runtime = Batching(new() { Mode = BatchingMode.Disabled }));
        yield return Case("instances", spec => spec.Runtime = new RuntimeSpec { Instances = 2 });
        yield return Case("threads", spec => spec.Runtime = new RuntimeSpec { Threads = 2 });
        yield return Case("half precision", spec => spec.Runtime = new RuntimeSpec { Precision = ModelPrecision.Fp16 });
        yield return Case("a larger request", spec => spec.Runtime = new RuntimeSpec { MaxRequestMebibytes = 100 });
        yield return Case("a timeout", spec => spec.Runtime = new RuntimeSpec { RequestTimeoutMilliseconds = 500 });
        yield return Case("feedback of another kind", spec => spec.Feedback = Regression("0.5"));
        yield return Case("feedback on another output", spec => spec.Feedback = new FeedbackSpec { Output = "scores" });
        yield return Case("a pod template", spec => spec.Runtime = Template("""{"spec":{"priorityClassName":"high"}}"""));
        yield return Case(
            "a field taken out of the pod template",
            spec => spec.Runtime = Template("""{"spec":{"priorityClassName":null}}"""));
    }

    [TestCaseSource(nameof(ChangesThatPodsServe))]
    public void What_changes_a_pod_makes_a_new_revision(Action<ModelDeploymentSpec> change)
    {
        Assert.That(Changed(change), Is.Not.EqualTo(Minimal));
    }

    [Test]
    public void All_changes_make_different_revisions()
    {
        var revisions = ChangesThatPodsServe().Select(data => Changed((Action<ModelDeploymentSpec>)data.Arguments[0]!)).ToList();

        Assert.That(revisions, Is.Unique);
    }

    private static IEnumerable<TestCaseData> ChangesThatPodsDoNotSee()
    {
        yield return Case("replicas", spec => spec.Replicas = 7);
        yield return Case("rollout", spec => spec.Rollout = new RolloutSpec { Steps = [new RolloutStep { Weight = 50 }] });
        yield return Case("an empty runtime", spec => spec.Runtime = new RuntimeSpec());
        yield return Case("the default image written out", spec => spec.Runtime = new RuntimeSpec { Image = Specs.RuntimeImage });
        yield return Case(
            "the default provider written out",
            spec => spec.Runtime = new RuntimeSpec { ExecutionProviders = [ExecutionProvider.CPU] });
        yield return Case(
            "the default accelerator written out",
            spec => spec.Runtime = new RuntimeSpec { Accelerator = new AcceleratorSpec { Kind = AcceleratorKind.Cpu } });
        yield return Case("batching by the server's own choice", spec => spec.Runtime = Batching(new() { Mode = BatchingMode.Auto }));
        yield return Case("the default precision written out", spec => spec.Runtime = new RuntimeSpec { Precision = ModelPrecision.Fp32 });
        yield return Case(
            "the default kind of feedback written out",
            spec => spec.Feedback = new FeedbackSpec { Kind = FeedbackKind.Classification });
        yield return Case("an empty pod template", spec => spec.Runtime = Template("{}"));
    }

    [TestCaseSource(nameof(ChangesThatPodsDoNotSee))]
    public void What_changes_no_pod_makes_no_new_revision(Action<ModelDeploymentSpec> change)
    {
        Assert.That(Changed(change), Is.EqualTo(Minimal));
    }

    [Test]
    public void Another_tolerance_makes_no_new_revision_because_routers_send_it_along_with_the_truth()
    {
        Assert.That(Changed(spec => spec.Feedback = Regression("0.5")), Is.EqualTo(Changed(spec => spec.Feedback = Regression("0.7"))));
    }

    [Test]
    public void The_order_of_preferred_batches_makes_no_new_revision()
    {
        Assert.That(
            Changed(spec => spec.Runtime = Batching(new() { MaxBatchSize = 16, PreferredBatchSizes = [8, 16] })),
            Is.EqualTo(Changed(spec => spec.Runtime = Batching(new() { MaxBatchSize = 16, PreferredBatchSizes = [16, 8] }))));
    }

    [Test]
    public void Another_default_image_of_the_operator_makes_a_new_revision()
    {
        Assert.That(RevisionHash.Of(Specs.Minimal(), "localhost/inference-runtime:2"), Is.Not.EqualTo(Minimal));
    }

    [FsCheck.NUnit.Property]
    public bool The_order_of_properties_in_a_pod_template_makes_no_new_revision(Dictionary<NonNull<string>, int> values, int seed)
    {
        var properties = values.Select(entry => KeyValuePair.Create(entry.Key.Get, entry.Value)).ToArray();
        var shuffled = properties.ToArray();
        new Random(seed).Shuffle(shuffled);

        return Of(properties) == Of(shuffled);

        static string Of(IEnumerable<KeyValuePair<string, int>> entries) => Changed(spec => spec.Runtime = new RuntimeSpec
        {
            PodTemplate = new JsonObject
            {
                ["spec"] = new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
            },
        });
    }

    [Test]
    public void How_a_string_of_a_pod_template_was_escaped_makes_no_new_revision()
    {
        Assert.That(
            Changed(spec => spec.Runtime = Template("""{"metadata":{"annotations":{"a":"\u00e9\/"}}}""")),
            Is.EqualTo(Changed(spec => spec.Runtime = Template("""{"metadata":{"annotations":{"a":"é/"}}}"""))));
    }

    [Test]
    public void The_order_of_a_list_in_a_pod_template_matters()
    {
        Assert.That(
            Changed(spec => spec.Runtime = Template("""{"spec":{"x":[1,2]}}""")),
            Is.Not.EqualTo(Changed(spec => spec.Runtime = Template("""{"spec":{"x":[2,1]}}"""))));
    }

    private static TestCaseData Case(string name, Action<ModelDeploymentSpec> change) => new TestCaseData(change).SetArgDisplayNames(name);

    private static string Changed(Action<ModelDeploymentSpec> change)
    {
        var spec = Specs.Minimal();
        change(spec);
        return RevisionHash.Of(spec, Specs.RuntimeImage);
    }

    private static RuntimeSpec Gpu(AcceleratorSpec accelerator)
    {
        accelerator.Kind = AcceleratorKind.Gpu;
        return new RuntimeSpec { Accelerator = accelerator };
    }

    private static RuntimeSpec Batching(BatchingSpec batching) => new() { Batching = batching };

    private static FeedbackSpec Regression(string tolerance) =>
        new() { Kind = FeedbackKind.Regression, Tolerance = new FeedbackTolerance { Absolute = tolerance } };

    private static RuntimeSpec Template(string json) => new() { PodTemplate = Specs.Json(json) };
}
