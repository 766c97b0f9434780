namespace ModelOperator.Fetch.Archives;

/// <summary>
/// Files that desktops write beside the files of their users, and pack into archives unasked. A copy of a model's name with "._" before it
/// holds a file's attributes on macOS, and is no model.
/// </summary>
internal static class DesktopFiles
{
    private const string AttributePrefix = "._";
    private const string MacFolder = "__MACOSX";

    /// <summary>Whether a path names such a file, or one in a folder of them.</summary>
    public static bool Contains(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0
            && (parts[^1].StartsWith(AttributePrefix, StringComparison.Ordinal) || parts[^1] is ".DS_Store" or "Thumbs.db" or "desktop.ini"
                || parts.Contains(MacFolder));
    }
}
