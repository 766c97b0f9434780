using System.Globalization;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>What Linux tells about processes and their threads in their files named stat.</summary>
internal static class ProcessStat
{
    private const double TicksASecond = 100;

    /// <summary>Processor time of a process and of its children, over all their threads.</summary>
    public static TimeSpan TimeOfTree(int id)
    {
        double ticks = 0;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && Read(folder) is { } stat && (process == id || int.Parse(stat.Fields[1]) == id))
            {
                ticks += Ticks(stat.Fields);
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksASecond);
    }

    /// <summary>Processor time of those threads of a process whose names begin so.</summary>
    public static TimeSpan TimeOfThreads(int id, string prefix)
    {
        double ticks = Directory.EnumerateDirectories($"/proc/{id}/task").Select(Read).Sum(
            stat => stat is { } there && there.Name.StartsWith(prefix, StringComparison.Ordinal) ? Ticks(there.Fields) : 0);
        return TimeSpan.FromSeconds(ticks / TicksASecond);
    }

    // User and system time.
    private static double Ticks(string[] fields) => double.Parse(fields[11]) + double.Parse(fields[12]);

    // The name, which is in brackets and may hold anything, and the fields after it: state is the first, then the parent.
    private static (string Name, string[] Fields)? Read(string folder)
    {
        try
        {
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            int end = stat.LastIndexOf(')');
            return (stat[(stat.IndexOf('(') + 1)..end], stat[(end + 2)..].Split(' '));
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }
}
