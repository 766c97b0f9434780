using ModelOperator.Api;
using ModelOperator.Api.Validation;
using ModelOperator.Controller.Decide;

namespace ModelOperator.Controller.Tests.Decide;

[Parallelizable(ParallelScope.All)]
public sealed class ValidSpecsTests
{
    private static readonly ControllerOptions Options = new() { RuntimeImage = "runtime:1", RouterImage = "router:1", RouterReplicas = 2 };
    private static readonly FieldError[] WrongModel = [FieldError.Text("spec.model.uri", "x", "is no address")];
    private static readonly FieldError[] WrongRollout = [FieldError.Of("spec.rollout.analysis.guardrails[0]", "x", "is wrong")];

    [Test]
    public void The_last_valid_spec_is_judged_by()
    {
        var specs = new ValidSpecs(Options);
        ModelDeployment valid = WithConfidence(95);
        specs.Remember(valid, Defaults.Resolve(valid.Spec, Options.RuntimeImage));

        Assert.That(specs.Of(WithConfidence(80), WrongModel).Rollout.Analysis.ConfidencePercent, Is.EqualTo(95));
    }

    [Test]
    public void One_of_another_life_of_the_name_is_not()
    {
        var specs = new ValidSpecs(Options);
        ModelDeployment earlier = WithConfidence(95);
        earlier.Metadata.Uid = "earlier";
        specs.Remember(earlier, Defaults.Resolve(earlier.Spec, Options.RuntimeImage));

        Assert.That(specs.Of(WithConfidence(80), WrongModel).Rollout.Analysis.ConfidencePercent, Is.EqualTo(80));
    }

    [Test]
    public void After_a_restart_the_rollout_in_the_spec_is_judged_by_unless_it_is_what_is_invalid()
    {
        var specs = new ValidSpecs(Options);

        Assert.That(specs.Of(WithConfidence(80), WrongModel).Rollout.Analysis.ConfidencePercent, Is.EqualTo(80));
        Assert.That(specs.Of(WithConfidence(80), WrongRollout).Rollout.Analysis.ConfidencePercent, Is.EqualTo(Defaults.ConfidencePercent));
    }

    private static ModelDeployment WithConfidence(int percent) => Models.Digits(
        model => model.Spec.Rollout = new RolloutSpec { Analysis = new AnalysisSpec { ConfidencePercent = percent } });
}
