using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelOperator.Testing;

/// <summary>Reads what <c>/metrics</c> answers.</summary>
public static partial class Exposition
{
    private const string Promtool = "/usr/bin/promtool";

    /// <summary>
    /// What dashboards and alerts depend on, a line for each metric: its type, its name, the names of its labels and a histogram's bounds.
    /// </summary>
    public static IReadOnlyList<string> Shape(string text)
    {
        var shape = new List<string>();
        foreach (string family in text.Split("# TYPE ").Skip(1))
        {
            string[] lines = family.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string[] head = lines[0].Split(' ');
            (string Name, string Value)[] labels = [.. lines.Where(line => line[0] != '#').SelectMany(LabelsOf)];
            IEnumerable<string> names =
                labels.Select(label => label.Name).Where(name => name != "le").Distinct().Order(StringComparer.Ordinal);
            IEnumerable<string> bounds = labels.Where(label => label.Name == "le").Select(label => label.Value).Distinct();
            shape.Add($"{head[1]} {head[0]}{{{string.Join(',', names)}}} {string.Join(' ', bounds)}".TrimEnd());
        }

        shape.Sort(StringComparer.Ordinal);
        return shape;
    }

    /// <summary>Values of the series of a metric that have a label with a value.</summary>
    public static IReadOnlyList<double> Values(string text, string metric, string label, string value) =>
    [
        .. text.Split('\n')
            .Where(line => line.StartsWith($"{metric}{{", StringComparison.Ordinal) && LabelsOf(line).Contains((label, value)))
            .Select(line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture)),
    ];

    /// <summary>What <c>promtool check metrics</c> complains of; null where it is not installed (Debian's package prometheus).</summary>
    public static async Task<IReadOnlyList<string>?> ComplaintsAsync(string text)
    {
        if (!File.Exists(Promtool))
        {
            return null;
        }

        using Process process = Process.Start(new ProcessStartInfo(Promtool, ["check", "metrics"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        Task<string> complaints = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        // 3: it reads, but there are names to complain of.
        return process.ExitCode is 0 or 3
            ? (await complaints).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new FormatException($"promtool ends with {process.ExitCode}: {await complaints}");
    }

    private static IEnumerable<(string Name, string Value)> LabelsOf(string line) =>
        Label().Matches(line).Select(label => (label.Groups["name"].Value, label.Groups["value"].Value));

    [GeneratedRegex(
        @"(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=""(?<value>(?:[^""\\]|\\.)*)""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();
}
