namespace ModelOperator.Fetch.Archives;

/// <summary>Names of entries of archives and artifacts, as paths that stay in the folder they are put in.</summary>
internal static class SafePath
{
    private const int MaxLength = 1024;
    private const int MaxPartLength = 255;

    /// <summary>The path without parts that mean nothing; "" for the folder itself.</summary>
    /// <exception cref="TerminatingException">It leads out, or is one no file can have.</exception>
    public static string Of(string name) => TryOf(name, out string path) is { } problem ? throw Refused(name, problem) : path;

    /// <summary>Why a name is no such path, as the end of a sentence; null when it is one.</summary>
    public static string? TryOf(string name, out string path)
    {
        string? problem = name.Length is 0 or > MaxLength ? $"which is empty or longer than {MaxLength} characters"
            : name[0] == '/' || name.Contains('\\', StringComparison.Ordinal) || (name.Length > 1 && name[1] == ':')
                ? "which is an absolute path or one of another system"
            : name.Any(char.IsControl) ? "which has a control character"
            : null;
        string[] parts = [.. name.Split('/').Where(part => part is not ("" or "."))];
        problem ??= parts.Contains("..") ? "which leads out of the folder"
            : parts.Any(part => part.Length > MaxPartLength) ? $"which has a part longer than {MaxPartLength} characters"
            : null;
        path = string.Join('/', parts);
        return problem;
    }

    /// <summary>Where a link in a folder leads to, in the same tree.</summary>
    public static string OfLink(string link, string target)
    {
        if (target.Length is 0 or > MaxLength || target[0] == '/' || target.Contains('\\', StringComparison.Ordinal))
        {
            throw Refused(link, "a link to an absolute path or to nothing");
        }

        List<string> parts = [.. link.Split('/')[..^1]];
        foreach (string part in target.Split('/'))
        {
            if (part == ".." && parts.Count == 0)
            {
                throw Refused(link, "a link that leads out of the folder");
            }

            if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return Of(string.Join('/', parts) is { Length: > 0 } path ? path : ".");
    }

    public static TerminatingException Refused(string name, string problem) =>
        new(FailureReasons.ArchiveInvalid, $"the archive holds '{Shown(name)}', {problem}; nothing of it is used");

    /// <summary>A name as it may be shown: of a length and of characters that do no harm.</summary>
    public static string Shown(string name) =>
        new([.. name.Take(100).Select(c => char.IsControl(c) ? '?' : c)]);
}
