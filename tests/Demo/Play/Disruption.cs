using System.Diagnostics;

namespace ModelOperator.Demo.Play;

/// <summary>Runs a shell command that breaks something, such as killing the operator, in the middle of each act.</summary>
public static class Disruption
{
    public static void Run(string command)
    {
        using var process = Process.Start("/bin/sh", ["-c", command]);
        process.WaitForExit(TimeSpan.FromSeconds(30));
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The disruption \"{command}\" failed with exit code {process.ExitCode}.");
        }
    }
}
