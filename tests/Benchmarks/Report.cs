using System.Diagnostics;
using System.Globalization;

namespace ModelOperator.Benchmarks;

/// <summary>Tables as they come, then one line a target.</summary>
internal sealed class Report
{
    private readonly List<string> _results = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public void Progress(string what) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds,7:0.0} s  {what}"));

    public void Table(string title, string[] header, IEnumerable<string[]> rows)
    {
        var all = rows.Prepend(header).ToArray();
        int[] widths = [.. header.Select((_, column) => all.Max(row => row[column].Length))];
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine();
        foreach (var (row, index) in all.Select((row, index) => (row, index)))
        {
            var cells = row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            Console.WriteLine($"| {string.Join(" | ", cells)} |");
            if (index == 0)
            {
                var rules = widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":");
                Console.WriteLine($"|{string.Join("|", rules)}|");
            }
        }
    }

    /// <summary>A value that must be at most so much.</summary>
    public void AtMost(string name, double value, double target) => Result(name, value, target, value <= target);

    /// <summary>A value that must be at least so much.</summary>
    public void AtLeast(string name, double value, double target) => Result(name, value, target, value >= target);

    public void PrintResults()
    {
        Console.WriteLine();
        foreach (string result in _results)
        {
            Console.WriteLine(result);
        }

        Progress("done");
    }

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.00}");

    public static string Number(double value) =>
        double.IsFinite(value) ? string.Create(CultureInfo.InvariantCulture, $"{value:0}") : "never";

    private void Result(string name, double value, double target, bool isMet) => _results.Add(
        string.Create(CultureInfo.InvariantCulture, $"RESULT {name} {value:0.####} {target:0.####} {(isMet ? "ok" : "short")}"));
}
