using ModelOperator.Api.Validation;

namespace ModelOperator.Api.Tests;

public class ValidatorTests
{
    [TestCaseSource(typeof(BrokenRules), nameof(BrokenRules.All))]
    public void A_broken_rule_names_the_field_the_value_and_what_would_be_right(Action<ModelDeployment> change, string[] expected)
    {
        var errors = ModelDeploymentValidator.Validate(Specs.Entity(change));

        Assert.That(errors.Select(found => found.ToString()), Is.EqualTo(expected));
    }

    private static IEnumerable<Action<ModelDeployment>> Right()
    {
        yield return _ => { };
        yield return entity => entity.Metadata.Name = new string('a', 52);
        yield return entity => entity.Metadata.Name = "";
        yield return entity => entity.Spec.Model.Uri = "http://[::1]:8080/a@b%3Fx=1";
        yield return entity => entity.Spec.Model.Digest = "sha256:" + new string('0', 64);
        yield return entity => entity.Spec.Runtime = new RuntimeSpec
        {
            Accelerator = new() { Kind = AcceleratorKind.Gpu, ResourceName = "nvidia.com/gpu", Count = 2 },
            ExecutionProviders = [ExecutionProvider.TensorRT, ExecutionProvider.CUDA, ExecutionProvider.CPU],
            PodTemplate = Specs.Json(
                """{"metadata":{"labels":{"team":"a"},"annotations":{}},"spec":{"containers":[{"name":"runtime","resources":null},"""
                + """{"name":"b"}],"priorityClassName":null}}"""),
        };
        yield return entity => entity.Spec.Runtime = new RuntimeSpec
        {
            Accelerator = new() { Kind = AcceleratorKind.Gpu },
            ExecutionProviders = [ExecutionProvider.TensorRT, ExecutionProvider.CUDA],
            Batching = new() { MaxBatchSize = 16, PreferredBatchSizes = [16, 1], MaxQueueDelayMicroseconds = 0, MaxQueueSize = 1 },
            Precision = ModelPrecision.Fp16,
        };
        yield return entity => entity.Spec.Runtime =
            new RuntimeSpec { Batching = new() { Mode = BatchingMode.Disabled }, Precision = ModelPrecision.Fp32 };
        yield return entity => entity.Spec.Feedback = new FeedbackSpec { Output = "label" };
        yield return entity => entity.Spec.Feedback = new FeedbackSpec { Kind = FeedbackKind.Explicit };
        yield return entity => entity.Spec.Feedback =
            new FeedbackSpec { Kind = FeedbackKind.Regression, Tolerance = new() { Absolute = "0.5" } };
        yield return entity => entity.Spec.Rollout = new RolloutSpec
        {
            Steps = [new() { Weight = 5 }, new() { Weight = 5 }, new() { Weight = 100 }],
            Analysis = new()
            {
                IntervalSeconds = 30,
                DeadlineSeconds = 30,
                Guardrails =
                [
                    new() { Name = "a", Type = GuardrailType.Latency, QuantilePercent = 95 },
                    new() { Name = "b", Type = GuardrailType.Latency, MaxMilliseconds = 5 },
                    new() { Name = "c", Type = GuardrailType.Latency, MaxMilliseconds = 5, QuantilePercent = 95 },
                ],
            },
        };
    }

    [TestCaseSource(nameof(Right))]
    public void What_breaks_no_rule_is_accepted(Action<ModelDeployment> change)
    {
        Assert.That(ModelDeploymentValidator.Validate(Specs.Entity(change)), Is.Empty);
    }

    [Test]
    public void Names_that_a_newer_version_knows_are_refused_with_the_field_and_what_is_known()
    {
        var entity = Specs.Entity();
        entity.Spec = System.Text.Json.JsonSerializer.Deserialize(
            """
            {
              "model":{"uri":"https://models.example.com/digits.onnx"},
              "runtime":{"accelerator":{"kind":"Quantum"},"executionProviders":["CPU","Abacus"],
                "batching":{"mode":"Psychic"},"precision":"Fp2"},
              "rollout":{"analysis":{"onInconclusive":"Ponder",
                "guardrails":[{"name":"a","type":"Drift","onHarm":"Panic","prometheus":{"direction":"Sideways"}}]}},
              "feedback":{"kind":"Ranking"}
            }
            """,
            ApiJsonContext.Default.ModelDeploymentSpec)!;

        var errors = ModelDeploymentValidator.Validate(entity);

        Assert.That(errors.Select(error => $"{error.Field}: {error.Value}"), Is.EqualTo(new[]
        {
            """spec.runtime.accelerator.kind: "Quantum" """.Trim(),
            """spec.runtime.executionProviders[1]: "Abacus" """.Trim(),
            """spec.runtime.batching.mode: "Psychic" """.Trim(),
            """spec.runtime.precision: "Fp2" """.Trim(),
            """spec.rollout.analysis.onInconclusive: "Ponder" """.Trim(),
            """spec.rollout.analysis.guardrails[0].type: "Drift" """.Trim(),
            """spec.rollout.analysis.guardrails[0].onHarm: "Panic" """.Trim(),
            """spec.rollout.analysis.guardrails[0].prometheus.direction: "Sideways" """.Trim(),
            """spec.feedback.kind: "Ranking" """.Trim(),
        }));
        Assert.That(
            errors[^1].Problem,
            Is.EqualTo("is not known to this version of the operator; want one of Classification, Regression, Explicit"));
    }

    [TestCase(HarmAction.Warn, HarmAction.Warn, 1)]
    [TestCase(HarmAction.Warn, HarmAction.Rollback, 0)]
    [TestCase(HarmAction.Warn, null, 0)]
    public void Guardrails_that_all_only_warn_decide_nothing_and_are_refused(HarmAction first, HarmAction? second, int errors)
    {
        var found = ModelDeploymentValidator.Validate(Specs.Entity(entity => entity.Spec.Rollout = new RolloutSpec
        {
            Analysis = new()
            {
                Guardrails = [
                    new() { Name = "a", Type = GuardrailType.Accuracy, OnHarm = first },
                    new() { Name = "b", Type = GuardrailType.ErrorRate, OnHarm = second },
                ],
            },
        }));

        Assert.That(found.Select(error => error.ToString()), Is.EqualTo(Enumerable.Repeat(
            """spec.rollout.analysis.guardrails[0].onHarm: Invalid value: "Warn": is what all guardrails have, so that nothing decides; """
            + """want Rollback for at least one""",
            errors)));
    }

    [Test]
    public void All_errors_are_found_at_once()
    {
        var errors = ModelDeploymentValidator.Validate(Specs.Entity(entity =>
        {
            entity.Spec.Model.Digest = "md5:0";
            entity.Spec.Rollout = new RolloutSpec { Steps = [new() { Weight = 3 }, new() { Weight = 2 }, new() { Weight = 1 }] };
        }));

        Assert.That(
            errors.Select(error => error.Field),
            Is.EqualTo(["spec.model.digest", "spec.rollout.steps[1].weight", "spec.rollout.steps[2].weight"]));
    }
}
