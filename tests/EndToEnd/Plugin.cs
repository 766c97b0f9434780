using System.Diagnostics;

namespace ModelOperator.EndToEnd;

/// <summary>kubectl-model, run as a person runs it.</summary>
internal static class Plugin
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a command in a namespace; gives its exit code and all that it printed.</summary>
    public static async Task<(int Code, string Output)> RunAsync(TestNamespace place, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "kubectl-model.dll"), .. arguments, "--namespace", place.Name])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output + await errors);
    }
}
