namespace ModelOperator.Api;

/// <summary>
/// The largest status the CRD accepts. A status over a limit would be refused as a whole, and the rollout with it, so
/// whoever writes one shortens its texts with <see cref="Shorten"/> and its lists to these counts.
/// </summary>
public static class StatusLimits
{
    /// <summary>Characters of a message.</summary>
    public const int Message = 2048;

    /// <summary>Characters of a short text, such as a reason or a figure for people.</summary>
    public const int Text = 128;

    /// <summary>Characters of the name of a user.</summary>
    public const int User = 256;

    /// <summary>Characters of the state of a guardrail's evidence.</summary>
    public const int State = 65536;

    /// <summary>Conditions.</summary>
    public const int Conditions = 16;

    /// <summary>Revisions that get traffic.</summary>
    public const int Targets = 8;

    /// <summary>Guardrails.</summary>
    public const int Guardrails = 16;

    /// <summary>Routers whose reports are remembered; the longest silent are forgotten first.</summary>
    public const int Cursors = 256;

    /// <summary>Rejected revisions; the oldest are forgotten first.</summary>
    public const int Rejected = 20;

    /// <summary>Revisions whose image and model are remembered; the oldest are forgotten first.</summary>
    public const int Revisions = 128;

    /// <summary>Decisions; the oldest are forgotten first.</summary>
    public const int History = 20;

    /// <summary>Cuts a text to a limit, with an ellipsis where something was lost.</summary>
    public static string Shorten(string text, int limit = Message)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= limit)
        {
            return text;
        }

        // Half of a surrogate pair is no valid text.
        var end = char.IsHighSurrogate(text[limit - 2]) ? limit - 2 : limit - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
