using System.Text.RegularExpressions;

namespace ModelOperator.Api;

/// <summary>PromQL with {{placeholders}} that are filled in for each revision.</summary>
public static partial class QueryTemplate
{
    /// <summary>What can be filled in.</summary>
    public static IReadOnlyList<string> Placeholders { get; } = ["namespace", "name", "revision", "intervalSeconds"];

    /// <summary>The placeholders a template names, known or not.</summary>
    public static IReadOnlyList<string> NamesIn(string template) =>
        [.. Placeholder().Matches(template).Select(match => match.Groups["name"].Value)];

    /// <summary>Fills in what the template names; a name that is not known stays as it is.</summary>
    public static string Fill(string template, string @namespace, string name, string revision, TimeSpan interval) =>
        Placeholder().Replace(template, match => match.Groups["name"].Value switch
        {
            "namespace" => Escape(@namespace),
            "name" => Escape(name),
            "revision" => Escape(revision),
            "intervalSeconds" => $"{interval.TotalSeconds:0}",
            _ => match.Value,
        });

    // They are names of Kubernetes objects, in which nothing needs it; that a quoted string cannot be left must not rest on that alone.
    private static string Escape(string value) => Special().Replace(value, @"\$0");

    [GeneratedRegex(@"\{\{\s*(?<name>[^{}]*?)\s*\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex("""[\\"'`]""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Special();
}
