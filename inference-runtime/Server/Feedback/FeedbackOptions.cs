using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

/// <summary>What is judged of a model's answers, and how much of them is remembered for it.</summary>
internal sealed record FeedbackOptions
{
    public PredictionKind Kind { get; init; } = PredictionKind.Label;

    /// <summary>Output that is judged; null for the first that fits.</summary>
    public string? Output { get; init; }

    /// <summary>How far from the truth a number still is right, where a router does not say; null for no such default.</summary>
    public Tolerance? Tolerance { get; init; }

    /// <summary>Predictions kept: labels, or numbers.</summary>
    public int Capacity { get; init; } = 200_000;

    /// <summary>Reads the name of a kind, as the ModelDeployment has it.</summary>
    public static PredictionKind ParseKind(string name) => name.ToLowerInvariant() switch
    {
        "classification" => PredictionKind.Label,
        "regression" => PredictionKind.Number,
        "explicit" => PredictionKind.None,
        _ => throw new TerminatingException(
            FailureReasons.InvalidConfiguration, $"--feedback-kind is '{name}', expected classification, regression or explicit"),
    };

    /// <summary>Reads a tolerance.</summary>
    public static Tolerance? ParseTolerance(string? text) => text is null
        ? null
        : Protocol.Tolerance.Parse(text) ?? throw new TerminatingException(
            FailureReasons.InvalidConfiguration,
            $"--feedback-tolerance is '{text}', expected a distance as 0.5, a percentage of the truth as 5%, or both as 0.5,5%");
}
