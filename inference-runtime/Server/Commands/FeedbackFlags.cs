using System.CommandLine;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Commands;

/// <summary>The options that say what is judged of a model's answers.</summary>
internal static class FeedbackFlags
{
    public static readonly Option<string> Kind = new("--feedback-kind")
    {
        Description =
            "What the truth is: classification (a label), regression (a number), explicit (neither: feedback says what was right)",
        DefaultValueFactory = _ => "classification",
    };

    public static readonly Option<string?> Output =
        new("--feedback-output") { Description = "Output that is judged; the default is the first that fits" };

    public static readonly Option<string?> Tolerance = new("--feedback-tolerance")
    {
        Description = "With regression, how far from the truth a number still is right: 0.5, 5% of the truth, or 0.5,5% for the wider one",
    };

    public static FeedbackOptions Read(ParseResult parsed)
    {
        FeedbackOptions options = new()
        {
            Kind = FeedbackOptions.ParseKind(parsed.GetRequiredValue(Kind)),
            Output = parsed.GetValue(Output),
            Tolerance = FeedbackOptions.ParseTolerance(parsed.GetValue(Tolerance)),
        };
        return options.Output is not null && options.Kind == Protocol.PredictionKind.None
            ? throw new TerminatingException(
                FailureReasons.InvalidConfiguration,
                "--feedback-output is not looked at with --feedback-kind explicit: leave one of them out")
            : options;
    }
}
