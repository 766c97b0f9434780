using System.Text.Json.Nodes;

namespace ModelOperator.Api.Tests;

/// <summary>Each rule broken once: the change that breaks it, and what the validator says.</summary>
internal static class BrokenRules
{
    public static IEnumerable<TestCaseData> All()
    {
        yield return Name(
            new string('a', 53),
            """metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": has 53 characters; at most 52, """
            + """because "-" and a revision are appended to it""");
        yield return Name(
            "1digits",
            """metadata.name: Invalid value: "1digits": must be a valid Service name: lower-case letters, digits and "-", """
            + """starting with a letter and ending with a letter or digit""");
        yield return Name(
            "my.digits",
            """metadata.name: Invalid value: "my.digits": must be a valid Service name: lower-case letters, digits and "-", """
            + """starting with a letter and ending with a letter or digit""");
        yield return Model(
            model => model.Uri = "ftp://bucket/x",
            """spec.model.uri: Invalid value: "ftp://bucket/x": is not a model address; use http(s)://HOST/PATH, """
            + """oci://REGISTRY/REPOSITORY[:TAG][@sha256:HEX], s3://BUCKET/KEY, azblob://ACCOUNT/CONTAINER/BLOB, gs://BUCKET/OBJECT, """
            + """hf://ORGANIZATION/REPOSITORY[@REVISION]/PATH or pvc://CLAIM/PATH""");
        yield return Model(
            model => model.Uri = "https://[::1/x",
            """spec.model.uri: Invalid value: "https://[::1/x": is not a valid web address; use http://HOST/PATH or https://HOST/PATH""");
        yield return Model(
            model => model.Uri = "https://me:hunter2@host/x",
            """spec.model.uri: Invalid value: "https://***@host/x": contains a user name or password, """
            + """which everyone who can read the object would see; put it into a Secret and name the Secret in credentialsSecretRef""");
        yield return Model(
            model => model.Uri = "https://me:p@ss@ho st/x",
            """spec.model.uri: Invalid value: "https://***@ho st/x": contains a space, a control character or a % that starts no code; """
            + """write such characters as codes, a space as %20""");
        yield return Model(
            model => model.Uri = "https://host/x?X-Amz-Signature=hunter2",
            """spec.model.uri: Invalid value: "https://host/x?***": has a ?query, which everyone who can read the object would see, """
            + """such as the signature of a pre-signed URL; remove it and name a Secret in credentialsSecretRef (an s3, """
            + """gs or azblob address signs by itself), or write a ? in a name as %3F""");
        yield return Model(
            model => model.Uri = "s3://me:hunter2@bucket/x",
            """spec.model.uri: Invalid value: "s3://***@bucket/x": contains a user name or password, """
            + """which everyone who can read the object would see; put it into a Secret and name the Secret in credentialsSecretRef""");
        yield return Model(
            model => model.Uri = "oci://registry/Upper:1",
            """spec.model.uri: Invalid value: "oci://registry/Upper:1": is not an artifact of a registry; """
            + """use oci://REGISTRY[:PORT]/REPOSITORY[:TAG][@sha256:HEX] with the repository in lower case""");
        yield return Model(
            model => model.Uri = "pvc://claim/../x",
            """spec.model.uri: Invalid value: "pvc://claim/../x": is not a file on a volume; """
            + """use pvc://CLAIM/PATH with a PersistentVolumeClaim of the same namespace and a path without . and ..""");
        yield return Model(
            model => (model.Uri, model.WorkloadIdentity) = ("hf://org/repo/x", true),
            "spec.model.workloadIdentity: Invalid value: true: is for s3, azblob and gs, not for hf://org/repo/x; leave it out");
        yield return Model(
            model => (model.Uri, model.WorkloadIdentity, model.CredentialsSecretRef) =
                ("s3://bucket/x", true, new LocalSecretReference { Name = "keys" }),
            """spec.model.credentialsSecretRef.name: Invalid value: "keys": contradicts workloadIdentity; leave one of them out""");
        yield return Model(
            model => (model.Uri, model.CredentialsSecretRef) = ("pvc://claim/x", new LocalSecretReference { Name = "keys" }),
            """spec.model.credentialsSecretRef.name: Invalid value: "keys": is for files fetched over the network; """
            + """leave it out for a pvc:// address""");
        yield return Model(
            model => (model.Digest, model.Cache) = (null, new ModelCache { ClaimName = "models" }),
            """spec.model.cache.claimName: Invalid value: "models": identifies files by their digest; set spec.model.digest, """
            + """or leave the cache out""");
        yield return Model(
            model => model.Uri = "https://host/",
            """spec.model.uri: Invalid value: "https://host/": names no file; add its path after the host""");
        yield return Model(
            model => model.Digest = "sha256:ABC",
            """spec.model.digest: Invalid value: "sha256:ABC": want sha256: and 64 lower case hexadecimal digits, """
            + """as sha256sum prints them""");
        yield return Model(
            model => model.CredentialsSecretRef = new() { Name = "A_B" },
            """spec.model.credentialsSecretRef.name: Invalid value: "A_B": want the name of a Secret in the same namespace""");
        yield return Runtime(
            new() { Accelerator = new() { Kind = AcceleratorKind.Cpu, ResourceName = "nvidia.com/gpu" } },
            """spec.runtime.accelerator.resourceName: Invalid value: "nvidia.com/gpu": belongs to kind Gpu; """
            + """set kind to Gpu or leave it out""");
        yield return Runtime(
            new() { Accelerator = new() { Kind = AcceleratorKind.Cpu, Count = 2 } },
            "spec.runtime.accelerator.count: Invalid value: 2: belongs to kind Gpu; set kind to Gpu or leave it out");
        yield return Runtime(
            new() { ExecutionProviders = [ExecutionProvider.CUDA, ExecutionProvider.CPU] },
            "spec.runtime.executionProviders[0]: Invalid value: CUDA: needs a GPU; set spec.runtime.accelerator.kind to Gpu or use CPU");
        yield return Runtime(
            new() { ExecutionProviders = [ExecutionProvider.CPU, ExecutionProvider.CPU] },
            "spec.runtime.executionProviders[1]: Invalid value: CPU: is listed twice; list each provider once, the preferred one first");
        yield return Runtime(
            new() { Precision = ModelPrecision.Fp16 },
            "spec.runtime.precision: Invalid value: Fp16: needs TensorRT; put it first in spec.runtime.executionProviders, or use Fp32");
        yield return Batching(
            new() { PreferredBatchSizes = [8, 16] },
            "maxBatchSize: Invalid value: null: is required with preferredBatchSizes; want 16 or more");
        yield return Batching(
            new() { MaxBatchSize = 12, PreferredBatchSizes = [8, 16] },
            "preferredBatchSizes[1]: Invalid value: 16: is more than maxBatchSize (12) and would never be reached; want at most that");
        yield return Batching(
            new() { MaxBatchSize = 12, PreferredBatchSizes = [0] },
            "preferredBatchSizes[0]: Invalid value: 0: want 1 or more rows");
        yield return Batching(
            new() { MaxBatchSize = 12, PreferredBatchSizes = [8, 8] },
            "preferredBatchSizes[1]: Invalid value: 8: is listed twice; list each size once");
        yield return Batching(
            new() { Mode = BatchingMode.Disabled, MaxQueueSize = 5 },
            "maxQueueSize: Invalid value: 5: has no effect with mode Disabled; set mode to Auto or leave it out");
        yield return Batching(
            new() { Mode = BatchingMode.Disabled, PreferredBatchSizes = [4, 8] },
            "preferredBatchSizes: Invalid value: [4, 8]: has no effect with mode Disabled; set mode to Auto or leave it out");
        yield return Feedback(
            new() { Kind = FeedbackKind.Regression },
            "tolerance: Invalid value: null: is required with kind Regression: how far from the ground truth a right prediction may be");
        yield return Feedback(
            new() { Kind = FeedbackKind.Regression, Tolerance = new() },
            "tolerance: Invalid value: {}: want absolute or percent, or both");
        yield return Feedback(
            new() { Tolerance = new() { Percent = "5" } },
            "tolerance: Invalid value: {...}: belongs to kind Regression, and the kind is Classification; leave it out");
        yield return Case(
            entity => (entity.Spec.Feedback, entity.Spec.Rollout) = (
                new() { Kind = FeedbackKind.Explicit },
                new() { Evaluation = new() { MinAccuracyPercent = 92, Dataset = new() { Uri = "http://a/b" } } }),
            "spec.feedback.kind: Invalid value: Explicit: compares no ground truth, which rollout.evaluation needs; "
            + "choose Classification or Regression, or leave the evaluation out");
        yield return Feedback(
            new() { Kind = FeedbackKind.Explicit, Output = "scores" },
            "output: Invalid value: \"scores\": is ignored with kind Explicit; leave it out, or choose Classification or Regression");
        yield return Rollout(
            new() { Steps = [new() { Weight = 25 }, new() { Weight = 5 }] },
            "spec.rollout.steps[1].weight: Invalid value: 5: is less than the 25 of the step before; weights must not decrease");
        yield return Analysis(
            new() { IntervalSeconds = 60, DeadlineSeconds = 30 },
            "spec.rollout.analysis.intervalSeconds: Invalid value: 60: is longer than deadlineSeconds (30), "
            + "so the rollout would end before anything is compared; want at most that");
        yield return Analysis(
            new() { DeadlineSeconds = 5 },
            "spec.rollout.analysis.intervalSeconds: Invalid value: 10: is longer than deadlineSeconds (5), "
            + "so the rollout would end before anything is compared; want at most that");
        yield return Guardrails(
            [new() { Name = "a" }, new() { Name = "a" }],
            """spec.rollout.analysis.guardrails[1].name: Invalid value: "a": is the name of an earlier guardrail; names must be unique""");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Accuracy, QuantilePercent = 95 }],
            "spec.rollout.analysis.guardrails[0].quantilePercent: Invalid value: 95: belongs to type Latency, "
            + "and the type is Accuracy; leave it out");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.ErrorRate, MaxMilliseconds = 5 }],
            "spec.rollout.analysis.guardrails[0].maxMilliseconds: Invalid value: 5: belongs to type Latency, "
            + "and the type is ErrorRate; leave it out");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Latency, QuantilePercent = 95, MaxMilliseconds = 5, MarginPercent = 1 }],
            "spec.rollout.analysis.guardrails[0].marginPercent: Invalid value: 1: compares with stable, "
            + "and maxMilliseconds with quantilePercent judges the canary alone; leave one of them out, or make two guardrails");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.ErrorRate, MinAccuracyPercent = 92 }],
            "spec.rollout.analysis.guardrails[0].minAccuracyPercent: Invalid value: 92: belongs to type Accuracy, "
            + "and the type is ErrorRate; leave it out");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Accuracy, MaxErrorPercent = 1 }],
            "spec.rollout.analysis.guardrails[0].maxErrorPercent: Invalid value: 1: belongs to type ErrorRate, "
            + "and the type is Accuracy; leave it out");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Webhook }],
            "spec.rollout.analysis.guardrails[0].webhook: Invalid value: null: is required with type Webhook");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Latency, Job = Job("{}") }],
            "spec.rollout.analysis.guardrails[0].job: Invalid value: {...}: belongs to type Job, and the type is Latency; leave it out",
            """spec.rollout.analysis.guardrails[0].job.template.spec.containers: Invalid value: null: """
            + """want a list of at least one container""");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Job, Job = Job("""{"spec":{"containers":[]}}""") }],
            "spec.rollout.analysis.guardrails[0].job.template.spec.containers: Invalid value: []: want a list of at least one container");
        yield return Guardrails(
            [new() { Name = "evaluation", Type = GuardrailType.Job, Job = Job("""{"spec":{"containers":[{"name":"c"}]}}""") }],
            "spec.rollout.analysis.guardrails[0].name: Invalid value: \"evaluation\": is reserved for the Job of rollout.evaluation; "
            + "choose another name");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Job, Job = Job("""{"kind":"Pod","spec":{"containers":[{"name":"c"}]}}""") }],
            "spec.rollout.analysis.guardrails[0].job.template.kind: Invalid value: \"Pod\": is not a field here; "
            + "only metadata and spec are allowed");
        yield return Guardrails(
            [
                new()
                {
                    Name = "a",
                    Type = GuardrailType.Job,
                    Job = Job("""{"metadata":{"labels":{"modeloperator.io/model":"x"}},"spec":{"containers":[{"name":"c"}]}}"""),
                },
            ],
            "spec.rollout.analysis.guardrails[0].job.template.metadata.labels[modeloperator.io/model]: Invalid value: \"x\": is reserved: "
            + "the operator finds its pods by it; choose another key");
        yield return Guardrails(
            [
                new()
                {
                    Name = "a",
                    Type = GuardrailType.Job,
                    Job = Job("""{"spec":{"restartPolicy":"OnFailure","containers":[{"name":"c"}]}}"""),
                },
            ],
            "spec.rollout.analysis.guardrails[0].job.template.spec.restartPolicy: Invalid value: \"OnFailure\": want Never, "
            + "which is the default: a check runs once");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Webhook, Webhook = new() { Url = "http://me:hunter2@host/x?token=hunter2" } }],
            """spec.rollout.analysis.guardrails[0].webhook.url: Invalid value: "http://host/x": has a ?query or a #fragment; remove it""");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Webhook, Webhook = new() { Url = "http://host/x#" } }],
            """spec.rollout.analysis.guardrails[0].webhook.url: Invalid value: "http://host/x": has a ?query or a #fragment; remove it""");
        yield return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Webhook, Webhook = new() { Url = "http://me:hunter2@host/x" } }],
            """spec.rollout.analysis.guardrails[0].webhook.url: Invalid value: "http://***@host": holds a user name or password, """
            + """which everybody who can read the object would see; leave it out""");
        yield return Metric(
            new() { BadQuery = "a{r='{{revision}}'}" },
            "totalQuery: Invalid value: null: is required with badQuery: the counter of all events, bad included");
        yield return Metric(new(), """: Invalid value: {}: want badQuery and totalQuery (two counters) or meanQuery (a mean)""");
        yield return Metric(
            new() { BadQuery = "{{revision}}", TotalQuery = "sum(a)" },
            """totalQuery: Invalid value: "sum(a)": does not use {{revision}}, """
            + """so it would return the same number for both revisions; add it""");
        yield return Metric(
            new() { BadQuery = "{{revision}}", TotalQuery = "{{ revision }} {{pod}}" },
            """totalQuery: Invalid value: "{{ revision }} {{pod}}": uses the unknown placeholder {{pod}}; want {{namespace}}, {{name}}, """
            + """{{revision}}, {{intervalSeconds}}""");
        yield return Metric(
            new() { MeanQuery = "{{revision}}", MeanMinimum = "0", MeanMaximum = "0.0" },
            """meanMaximum: Invalid value: "0.0": want more than meanMinimum (0)""");
        yield return Metric(
            new() { MeanQuery = "{{revision}}", MeanMaximum = "1" },
            """meanMinimum: Invalid value: "": want a decimal number in quotes: the lower end of the range""");
        yield return Metric(
            new() { BadQuery = "{{revision}}", TotalQuery = "{{revision}}", Direction = MetricDirection.HigherIsBetter },
            "direction: Invalid value: HigherIsBetter: belongs to meanQuery; leave it out");
        yield return Evaluation(
            new() { Dataset = new() { Uri = "http://a/b" } },
            "spec.rollout.evaluation: Invalid value: {...}: sets no limit, so every revision would pass; "
            + "set at least one of minAccuracyPercent, maxAccuracyDropPercent and maxMilliseconds");
        yield return Evaluation(
            new() { MinAccuracyPercent = 92 },
            "spec.rollout.evaluation.dataset: Invalid value: 0 sources: want exactly one of uri, "
            + "configMapKeyRef and persistentVolumeClaim");
        yield return Evaluation(
            new() { MinAccuracyPercent = 92, QuantilePercent = 99, Dataset = new() { Uri = "http://a/b" } },
            "spec.rollout.evaluation.quantilePercent: Invalid value: 99: needs maxMilliseconds; set that too, or leave it out");
        yield return Evaluation(
            new()
            {
                MinAccuracyPercent = 92,
                Dataset = new() { PersistentVolumeClaim = new() { ClaimName = "a", Path = "a/../../etc/passwd" } },
            },
            """spec.rollout.evaluation.dataset.persistentVolumeClaim.path: Invalid value: "a/../../etc/passwd": """
            + """want a path on the volume, without a leading / and without ..""");
        yield return Template(
            """{"template":1}""",
            "spec.runtime.podTemplate.template: Invalid value: 1: is not a field here; only metadata and spec are allowed");
        yield return Template("""{"spec":[]}""", "spec.runtime.podTemplate.spec: Invalid value: []: want an object");
        yield return Template("""{"metadata":null}""", "spec.runtime.podTemplate.metadata: Invalid value: null: want an object");
        yield return Template(
            """{"metadata":{"name":"x"}}""",
            """spec.runtime.podTemplate.metadata.name: Invalid value: "x": is not a field here; only labels and annotations are allowed""");
        yield return Template(
            """{"metadata":{"labels":{"modeloperator.io/revision":"x"}}}""",
            """spec.runtime.podTemplate.metadata.labels[modeloperator.io/revision]: Invalid value: "x": is reserved: """
            + """the operator finds its pods by it; choose another key""");
        yield return Template(
            """{"metadata":{"labels":{"a":1}}}""",
            "spec.runtime.podTemplate.metadata.labels[a]: Invalid value: 1: want a string; quote it");
        yield return Template(
            """{"metadata":{"annotations":{"a":true}}}""",
            "spec.runtime.podTemplate.metadata.annotations[a]: Invalid value: true: want a string; quote it");
        yield return Template(
            """{"spec":{"containers":null}}""",
            "spec.runtime.podTemplate.spec.containers: Invalid value: null: want a list, which is merged by name into the operator's; "
            + "it cannot be removed");
        yield return Template(
            """{"spec":{"initContainers":{}}}""",
            "spec.runtime.podTemplate.spec.initContainers: Invalid value: {}: want a list, which is merged by name into the operator's; "
            + "it cannot be removed");
        yield return Template(
            """{"spec":{"containers":["runtime"]}}""",
            """spec.runtime.podTemplate.spec.containers[0]: Invalid value: "runtime": want an object with a name; """
            + """entries are merged by name""");
        yield return Template(
            """{"spec":{"volumes":[{"name":"a"},{"name":"a"}]}}""",
            """spec.runtime.podTemplate.spec.volumes[1].name: Invalid value: "a": is listed twice; names must be unique""");
        yield return Template(
            """{"metadata":{"annotations":{"a":""" + $"\"{new string('x', 65536)}\"" + "}}}",
            "spec.runtime.podTemplate: Invalid value: 65573 bytes: is larger than 65536 bytes; "
            + "put large data into a ConfigMap and mount it");
    }

    private static TestCaseData Case(Action<ModelDeployment> change, params string[] errors) =>
        new TestCaseData(change, errors).SetArgDisplayNames(errors[0][..Math.Min(errors[0].Length, 110)]);

    private static TestCaseData Name(string name, string error) => Case(entity => entity.Metadata.Name = name, error);

    private static TestCaseData Model(Action<ModelSource> change, string error) => Case(entity => change(entity.Spec.Model), error);

    private static TestCaseData Runtime(RuntimeSpec runtime, string error) => Case(entity => entity.Spec.Runtime = runtime, error);

    private static TestCaseData Batching(BatchingSpec batching, string error) =>
        Runtime(new RuntimeSpec { Batching = batching }, $"spec.runtime.batching.{error}");

    private static TestCaseData Feedback(FeedbackSpec feedback, string error) =>
        Case(entity => entity.Spec.Feedback = feedback, $"spec.feedback.{error}");

    private static TestCaseData Rollout(RolloutSpec rollout, params string[] errors) =>
        Case(entity => entity.Spec.Rollout = rollout, errors);

    private static TestCaseData Analysis(AnalysisSpec analysis, params string[] errors) =>
        Rollout(new RolloutSpec { Analysis = analysis }, errors);

    private static TestCaseData Guardrails(List<Guardrail> guardrails, params string[] errors) =>
        Analysis(new AnalysisSpec { Guardrails = guardrails }, errors);

    private static TestCaseData Metric(PrometheusMetric metric, string error)
    {
        metric.Address = "http://prometheus:9090";
        const string path = "spec.rollout.analysis.guardrails[0].prometheus";
        return Guardrails(
            [new() { Name = "a", Type = GuardrailType.Prometheus, Prometheus = metric }],
            error.StartsWith(':') ? path + error : $"{path}.{error}");
    }

    private static TestCaseData Evaluation(EvaluationSpec evaluation, string error) =>
        Rollout(new RolloutSpec { Evaluation = evaluation }, error);

    private static JobGate Job(string template) => new() { Template = JsonNode.Parse(template)!.AsObject() };

    private static TestCaseData Template(string json, string error) =>
        Runtime(new RuntimeSpec { PodTemplate = JsonNode.Parse(json)!.AsObject() }, error);
}
