using System.Globalization;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>What Linux tells about processes in /proc/PID/stat.</summary>
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
                && Read(process) is { } fields && (process == id || int.Parse(fields[1]) == id))
            {
                // User and system time.
                ticks += double.Parse(fields[11]) + double.Parse(fields[12]);
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksASecond);
    }

    // The fields after the name, which is in brackets and may hold anything: state is the first, then the parent.
    private static string[]? Read(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }
}
