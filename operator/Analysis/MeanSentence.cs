using System.Globalization;

namespace ModelOperator.Analysis;

/// <summary>Says a verdict on means with its figures, for people.</summary>
public static class MeanSentence
{
    /// <summary>The sentence.</summary>
    /// <param name="canary">The canary's mean in its own unit.</param>
    /// <param name="stable">Stable's mean in its own unit.</param>
    /// <param name="margin">How much worse the canary's may be, as a share of the range.</param>
    /// <param name="judgement">What the evidence says.</param>
    /// <param name="judge">Who says it.</param>
    public static string Of(string canary, string stable, double margin, Judgement judgement, Judge judge)
    {
        ArgumentNullException.ThrowIfNull(judgement);
        ArgumentNullException.ThrowIfNull(judge);
        string figures = $"mean {canary} against {stable}; {Where(judgement.Interval)}";
        string allowed = string.Create(CultureInfo.InvariantCulture, $"the margin of {100 * margin:0.#} % of the range");
        return judgement.Verdict switch
        {
            Verdict.Harmful =>
                $"canary is worse than {allowed} allows: {figures}; {Sentence.Odds(judgement.HarmOdds)} if it were within it",
            Verdict.Safe => $"canary is within {allowed}: {figures}; {Sentence.Odds(judgement.SafetyOdds)} if it were worse than that",
            Verdict.NoData => "no means of both revisions yet",
            Verdict.Inconclusive => $"the data could not tell in time: {figures}; {Sentence.Progress(judgement, judge)}",
            _ => $"not decided yet: {figures}; {Sentence.Progress(judgement, judge)}",
        };
    }

    /// <summary>The interval in words; more is worse.</summary>
    public static string Where(Interval interval) => $"worse by {Sentence.Signed(interval)} % of the range";
}
