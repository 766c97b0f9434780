using ModelOperator.Api.Validation;

namespace ModelOperator.Api.Tests;

/// <summary>Steps that are weights and pauses.</summary>
public class PauseRulesTests
{
    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case(
            "spec.rollout.steps[1]: Invalid value: {}: is no step; want either weight, or pause ({} for one that a person ends)", Weight(5),
            new RolloutStep());
        yield return Case(
            "spec.rollout.steps[0]: Invalid value: weight and pause: is no step; want either weight, "
            + "or pause ({} for one that a person ends)",
            new RolloutStep { Weight = 5, Pause = new() });
        yield return Case(
            "spec.rollout.steps[1].durationSeconds: Invalid value: 60: belongs to a weight; "
            + "want pause.durationSeconds for how long a pause takes",
            Weight(5),
            new RolloutStep { Pause = new(), DurationSeconds = 60 });
        yield return Case(
            "spec.rollout.steps[0].minRequests: Invalid value: 7: belongs to a weight; "
            + "want pause.durationSeconds for how long a pause takes",
            new RolloutStep { Pause = new(), MinRequests = 7 },
            Weight(5));
        yield return Case(
            "spec.rollout.steps[2].pause: Invalid value: {}: follows another pause; want one of the two", Weight(5), Pause(), Pause(60));
        yield return Case(
            "spec.rollout.steps: Invalid value: 1 pauses: gives the canary no requests; want at least one step with a weight", Pause());
        yield return Case(
            "spec.rollout.steps[2].weight: Invalid value: 5: is less than the 25 of the step before; weights must not decrease", Weight(25),
            Pause(), Weight(5));
    }

    [TestCaseSource(nameof(Wrong))]
    public void Steps_that_contradict_themselves_are_refused(string error, RolloutStep[] steps) =>
        Assert.That(ModelDeploymentValidator.Validate(With(steps)).Select(found => found.ToString()), Is.EqualTo(new[] { error }));

    [Test]
    public void A_pause_belongs_to_the_step_before_it_and_the_first_to_none()
    {
        var model = With(Pause(), Weight(5), Pause(60), Weight(25), Weight(50), Pause());
        model.Spec.Rollout!.Paused = true;

        Assert.That(ModelDeploymentValidator.Validate(model), Is.Empty);
        var rollout = Defaults.Resolve(model.Spec, Specs.RuntimeImage).Rollout;
        Assert.That((rollout.FirstPause, rollout.IsPaused), Is.EqualTo((new EffectivePause(null), true)));
        Assert.That(rollout.Steps.Select(step => (step.Weight, step.Pause)), Is.EqualTo(new (int, EffectivePause?)[]
        {
            (5, new EffectivePause(TimeSpan.FromMinutes(1))),
            (25, null),
            (50, new EffectivePause(null)),
        }));
    }

    private static ModelDeployment With(params RolloutStep[] steps) => new()
    {
        Metadata = { Name = "digits" },
        Spec = { Model = { Uri = "https://models.example/digits.onnx" }, Rollout = new() { Steps = [.. steps] } },
    };

    private static RolloutStep Weight(int weight) => new() { Weight = weight };

    private static RolloutStep Pause(int? seconds = null) => new() { Pause = new() { DurationSeconds = seconds } };

    private static TestCaseData Case(string error, params RolloutStep[] steps) => new(error, steps);
}
