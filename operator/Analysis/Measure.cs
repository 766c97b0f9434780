namespace ModelOperator.Analysis;

/// <summary>What a guardrail counts, in words.</summary>
/// <param name="Bad">What a bad trial is called: "wrong".</param>
/// <param name="Worse">How a worse canary is described, with {0} for the difference: "is {0} less accurate".</param>
/// <param name="Trials">What the trials are called: "answers with ground truth".</param>
public sealed record Measure(string Bad, string Worse, string Trials)
{
    public static Measure Accuracy { get; } = new("wrong", "is {0} less accurate", "answers with ground truth");

    public static Measure ErrorRate { get; } = new("failed", "fails {0} more requests", "requests");

    public static Measure Latency(string target) =>
        new($"slower than {target}", $"answers {{0}} more requests slower than {target}", "timed requests");

    /// <summary>Counts from somewhere else, known by the guardrail's name.</summary>
    public static Measure Metric(string name) => new($"bad by {name}", $"has {{0}} more bad by {name}", $"counts of {name}");
}
