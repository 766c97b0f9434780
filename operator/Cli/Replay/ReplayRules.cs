using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Cli.Manifests;

namespace ModelOperator.Cli.Replay;

/// <summary>Makes the settings of a replay: from a manifest, or from options.</summary>
internal static class ReplayRules
{
    /// <summary>What a ModelDeployment says.</summary>
    public static ReplaySettings Of(InputFile manifest)
    {
        var analysis = Defaults.Resolve(ManifestReader.Read(manifest).Spec, runtimeImage: "").Rollout.Analysis;
        var tests = ManifestTests.Of(analysis);
        if (tests.Count == 0)
        {
            throw CliException.Invalid(
                $"{manifest.Name}: spec.rollout.analysis.guardrails: none of them judges counts, which is what a replay replays");
        }

        return new ReplaySettings
        {
            Judge = Judge.ForGuardrails(analysis.ConfidencePercent, analysis.Sharing),
            Guardrails = tests.Values.Count(test => !test.WarnsOnly),
            DeadlineSeconds = analysis.Deadline.TotalSeconds,
            Test = tests.GetValueOrDefault,
            Names = tests.Keys,
        };
    }

    /// <summary>What options say.</summary>
    public static ReplaySettings Of(int confidencePercent, int deadlineSeconds, int guardrails, PercentByName margins, PercentByName limits)
    {
        if (margins.Names.FirstOrDefault(limits.Has) is { } both)
        {
            throw CliException.Invalid($"--margin and --limit are both given for \"{both}\"; a guardrail has one of them");
        }

        return new ReplaySettings
        {
            Judge = Judge.ForGuardrails(confidencePercent, guardrails),
            Guardrails = guardrails,
            DeadlineSeconds = deadlineSeconds,
            Test = name => new ReplayTest(CriterionOf(name, margins, limits), Measure.Metric(name)),
            Names = [],
            NamedByOptions = [.. margins.Names, .. limits.Names],
        };
    }

    private static Criterion CriterionOf(string name, PercentByName margins, PercentByName limits) =>
        !margins.Has(name) && limits.Share(name) is { } limit ? Criterion.Limit(limit) : Criterion.Margin(margins.Share(name) ?? 0);
}
