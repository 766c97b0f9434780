using System.Reflection;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api.Tests;

public class DefaultsTests
{
    [Test]
    public void A_spec_with_nothing_but_a_model_has_a_sensible_rollout()
    {
        var effective = Defaults.Resolve(Specs.Minimal(), Specs.RuntimeImage);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(effective.Replicas, Is.EqualTo(1));
            Assert.That(effective.Runtime.Image, Is.EqualTo(Specs.RuntimeImage));
            Assert.That(effective.Runtime.Gpu, Is.Null);
            Assert.That(effective.Runtime.ExecutionProviders, Is.EqualTo([ExecutionProvider.CPU]));
            Assert.That(effective.Runtime.PodTemplate, Is.Null);
            Assert.That(effective.Rollout.Steps, Is.EqualTo(new[]
            {
                new EffectiveStep(5, TimeSpan.FromMinutes(1), 10, IsMinimumAsked: false),
                new EffectiveStep(25, TimeSpan.FromMinutes(1), 10, IsMinimumAsked: false),
                new EffectiveStep(50, TimeSpan.FromMinutes(1), 10, IsMinimumAsked: false),
            }));
            Assert.That(effective.Rollout.ProgressDeadline, Is.EqualTo(TimeSpan.FromMinutes(10)));
            Assert.That(effective.Rollout.RevisionHistoryLimit, Is.EqualTo(10));
            Assert.That(effective.Rollout.Analysis.Interval, Is.EqualTo(TimeSpan.FromSeconds(10)));
            Assert.That(effective.Rollout.Analysis.ConfidencePercent, Is.EqualTo(99));
            Assert.That(effective.Rollout.Analysis.Deadline, Is.EqualTo(TimeSpan.FromDays(1)));
            Assert.That(effective.Rollout.Analysis.OnInconclusive, Is.EqualTo(InconclusiveAction.Hold));
            Assert.That(effective.Rollout.Analysis.Guardrails, Is.EqualTo(new[]
            {
                new EffectiveGuardrail("accuracy", GuardrailType.Accuracy, 2),
                new EffectiveGuardrail("latency", GuardrailType.Latency, 5, QuantilePercent: 95),
                new EffectiveGuardrail("errors", GuardrailType.ErrorRate, 1),
            }));
        }
    }

    [Test]
    public void A_gpu_brings_its_resource_and_the_provider_that_uses_it()
    {
        var spec = Specs.Minimal();
        spec.Runtime = new RuntimeSpec { Accelerator = new AcceleratorSpec { Kind = AcceleratorKind.Gpu } };

        var runtime = Defaults.Resolve(spec, Specs.RuntimeImage).Runtime;

        Assert.That(runtime.Gpu, Is.EqualTo(new EffectiveGpu("nvidia.com/gpu", 1)));
        Assert.That(runtime.ExecutionProviders, Is.EqualTo([ExecutionProvider.CUDA, ExecutionProvider.CPU]));
    }

    [Test]
    public void What_a_user_sets_is_kept()
    {
        var spec = Specs.Minimal();
        spec.Replicas = 0;
        spec.Rollout = new RolloutSpec
        {
            Steps = [new RolloutStep { Weight = 10, DurationSeconds = 0, MinRequests = 5 }],
            ProgressDeadlineSeconds = 30,
            RevisionHistoryLimit = 0,
            Analysis = new AnalysisSpec
            {
                IntervalSeconds = 1,
                ConfidencePercent = 90,
                DeadlineSeconds = 60,
                OnInconclusive = InconclusiveAction.Promote,
                Guardrails = [new Guardrail { Name = "slow", Type = GuardrailType.Latency, MaxMilliseconds = 40, MarginPercent = 0 }],
            },
        };

        var effective = Defaults.Resolve(spec, Specs.RuntimeImage);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(effective.Replicas, Is.Zero);
            Assert.That(effective.Rollout.Steps, Is.EqualTo([new EffectiveStep(10, TimeSpan.Zero, 5, IsMinimumAsked: true)]));
            Assert.That(effective.Rollout.ProgressDeadline, Is.EqualTo(TimeSpan.FromSeconds(30)));
            Assert.That(effective.Rollout.RevisionHistoryLimit, Is.Zero);
            Assert.That(effective.Rollout.Analysis.Interval, Is.EqualTo(TimeSpan.FromSeconds(1)));
            Assert.That(effective.Rollout.Analysis.ConfidencePercent, Is.EqualTo(90));
            Assert.That(effective.Rollout.Analysis.Deadline, Is.EqualTo(TimeSpan.FromMinutes(1)));
            Assert.That(effective.Rollout.Analysis.OnInconclusive, Is.EqualTo(InconclusiveAction.Promote));
            Assert.That(
                effective.Rollout.Analysis.Guardrails,
                Is.EqualTo([new EffectiveGuardrail("slow", GuardrailType.Latency, 0, MaxMilliseconds: 40)]));
        }
    }

    [TestCase(null)]
    [TestCase(0)]
    public void A_step_needs_answers_also_where_the_spec_says_none(int? minRequests)
    {
        var spec = Specs.Minimal();
        spec.Rollout = new RolloutSpec { Steps = [new RolloutStep { Weight = 10, MinRequests = minRequests }] };

        Assert.That(Defaults.Resolve(spec, Specs.RuntimeImage).Rollout.Steps.Single().MinRequests, Is.EqualTo(Defaults.StepMinRequests));
    }

    private static readonly (Type Type, string Property, object Value)[] Resolved =
    [
        (typeof(ModelDeploymentSpec), nameof(ModelDeploymentSpec.Replicas), (long)Defaults.Replicas),
        (typeof(RolloutSpec), nameof(RolloutSpec.ProgressDeadlineSeconds), (long)Defaults.ProgressDeadlineSeconds),
        (typeof(RolloutSpec), nameof(RolloutSpec.RevisionHistoryLimit), (long)Defaults.RevisionHistoryLimit),
        (typeof(AnalysisSpec), nameof(AnalysisSpec.IntervalSeconds), (long)Defaults.IntervalSeconds),
        (typeof(AnalysisSpec), nameof(AnalysisSpec.ConfidencePercent), (long)Defaults.ConfidencePercent),
        (typeof(AnalysisSpec), nameof(AnalysisSpec.DeadlineSeconds), (long)Defaults.DeadlineSeconds),
        (typeof(AnalysisSpec), nameof(AnalysisSpec.OnInconclusive), "Hold"),
        (typeof(EvaluationSpec), nameof(EvaluationSpec.Concurrency), (long)Defaults.EvaluationConcurrency),
        (typeof(EvaluationSpec), nameof(EvaluationSpec.DeadlineSeconds), (long)Defaults.EvaluationDeadlineSeconds),
    ];

    [Test]
    public void The_api_server_fills_in_the_same_defaults_as_the_operator()
    {
        var declared = typeof(ModelDeployment).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(property => property.GetCustomAttribute<DefaultValueAttribute>() is not null)
            .Select(property => (property.DeclaringType!, property.Name, property.GetCustomAttribute<DefaultValueAttribute>()!.Value));

        Assert.That(declared, Is.EquivalentTo(Resolved));
    }
}
