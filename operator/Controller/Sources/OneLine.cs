using ModelOperator.Api;

namespace ModelOperator.Controller.Sources;

/// <summary>Foreign text made fit to be shown: one line of printable characters, not too long.</summary>
internal static class OneLine
{
    public static string Of(string text, int longest) =>
        StatusLimits.Shorten(string.Concat(StatusLimits.Shorten(text.Trim(), longest).Select(c => char.IsControl(c) ? ' ' : c)), longest);
}
