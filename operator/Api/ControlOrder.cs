using System.Text.RegularExpressions;

namespace ModelOperator.Api;

/// <summary>What a person can order.</summary>
public enum ControlAction
{
    /// <summary>End the pause, or the rest of the step.</summary>
    Promote,

    /// <summary>Make the canary stable, whatever the evidence says.</summary>
    PromoteFull,

    /// <summary>Roll the canary back.</summary>
    Abort,

    /// <summary>Try the revision again that the spec asks for.</summary>
    Retry,

    /// <summary>Go back to an earlier revision.</summary>
    Undo,

    /// <summary>Replace all pods.</summary>
    Restart,
}

/// <summary>An order, as the annotation <see cref="Labels.Control"/> holds it: a word, and the revision that it is aimed at.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Revision">The revision it is meant for; null for whichever it is.</param>
public sealed partial record ControlOrder(ControlAction Action, string? Revision)
{
    private static readonly (string Word, ControlAction Action)[] Words =
    [
        ("promote", ControlAction.Promote),
        ("promote-full", ControlAction.PromoteFull),
        ("abort", ControlAction.Abort),
        ("retry", ControlAction.Retry),
        ("undo", ControlAction.Undo),
        ("restart", ControlAction.Restart),
    ];

    /// <summary>What an annotation may hold, for people.</summary>
    public static string Forms { get; } = string.Join(", ", Words.Select(known => known.Word))
        + ", each but restart with or without a revision after it";

    /// <summary>Reads an annotation; null when it is no order.</summary>
    public static ControlOrder? Parse(string text)
    {
        if (text.Length > StatusLimits.Text || Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        string? revision = match.Groups["revision"] is { Success: true } group ? group.Value : null;
        int index = Array.FindIndex(Words, known => known.Word == match.Groups["word"].Value);
        return index < 0 || (Words[index].Action == ControlAction.Restart && revision is not null)
            ? null
            : new(Words[index].Action, revision);
    }

    /// <inheritdoc/>
    public override string ToString() => Words.First(known => known.Action == Action).Word + (Revision is null ? "" : $" {Revision}");

    [GeneratedRegex(
        @"^(?<word>[a-z-]+)( (?<revision>[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?))?\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
