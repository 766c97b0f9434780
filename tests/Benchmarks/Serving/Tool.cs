using System.Diagnostics;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>Runs a program to its end and reads what it printed.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = new() { StartInfo = Children.Command(program, arguments) };
        await Children.StartAsync(process);
        using CancellationTokenSource limit = new(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took longer than {Limit}", e);
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)}: status {process.ExitCode}: {await errors}{await output}");
    }
}
