namespace ModelOperator.Server.Repository;

/// <summary>What a model or a version may be called, since it stands in paths.</summary>
internal static class ModelNames
{
    public const string Expected = "letters, digits, '-', '.' and '_', 253 at most";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 253 && name is not ("." or "..") && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
