using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelOperator.Server.Execution;

/// <summary>
/// Pages of the program's own files: its assemblies as they were compiled ahead, .NET's and ONNX Runtime's libraries. Starting and loading
/// models touch most of them, serving one in ten. The benchmark row of resident memory pays for it: 16 to 18 of 104 MiB.
/// </summary>
internal static partial class ImagePages
{
    /// <summary>What Linux takes for "not needed any more" (MADV_DONTNEED).</summary>
    private const int NotNeeded = 4;

    private const string Mappings = "/proc/self/smaps";

    /// <summary>
    /// Lets go of all of them. What is needed again is taken from the system's cache of files at the next touch; what is not stays there
    /// until memory is short, instead of being held by this process.
    /// </summary>
    public static void Release()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            Release(File.ReadLines(Mappings));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            // Only memory that could be had for something else.
        }
    }

    private static void Release(IEnumerable<string> lines)
    {
        (nuint Start, nuint Length)? mapping = null;
        foreach (string line in lines)
        {
            if (line.Length > 0 && char.IsAsciiHexDigitLower(line[0]))
            {
                mapping = Parse(line);
            }
            else if (mapping is { } image && line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                // The loader wrote to some that are only read now; those are not in the file as they are here.
                if (line.EndsWith(" 0 kB", StringComparison.Ordinal))
                {
                    _ = Advise(image.Start, image.Length, NotNeeded);
                }

                mapping = null;
            }
        }
    }

    /// <summary>
    /// The range of a mapping that is only read, private, and of a file of the program. Those stay where they are as long as the
    /// process lives, so nothing else can have come to their place meanwhile.
    /// </summary>
    private static (nuint Start, nuint Length)? Parse(string line)
    {
        // 7fea659a0000-7fea66c84000 r-xp 00001000 fe:00 12345    /app/inference-runtime.r2r.dll
        ReadOnlySpan<char> head = line;
        int dash = head.IndexOf('-');
        int space = head.IndexOf(' ');
        int path = head.IndexOf('/');
        return path > 0
            && head[path..].StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal)
            && (head.EndsWith(".dll", StringComparison.Ordinal) || head.EndsWith(".so", StringComparison.Ordinal))
            && head[(space + 1)..] is ['r', '-', 'x' or '-', 'p', ..]
            && nuint.TryParse(head[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out nuint start)
            && nuint.TryParse(head[(dash + 1)..space], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out nuint end)
            ? (start, end - start)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nuint start, nuint length, int advice);
}
