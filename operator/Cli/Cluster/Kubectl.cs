using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ModelOperator.Cli.Cluster;

/// <summary>
/// Runs kubectl, which knows the user's clusters and every way to log in to them: docs/decisions/plugin-through-kubectl.md. Arguments never
/// pass through a shell.
/// </summary>
/// <param name="program">Its name or path.</param>
/// <param name="connection">Options that name the cluster and the namespace.</param>
/// <param name="time">Measures the limit of a call.</param>
internal sealed class Kubectl(string program, IReadOnlyList<string> connection, TimeProvider time)
{
    /// <summary>How long a call may take. Logging in may have to ask another service.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private const string RequestLimit = "--request-timeout=15s";

    // What is killed closes its pipes at once, unless a process that it started holds them.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What kubectl printed and whether it succeeded. Ends with a message for people when it does not start, or not answer in time.
    /// </summary>
    public async Task<KubectlResult> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Standard input stays the user's: a plugin that logs in may ask there.
        var start = new ProcessStartInfo(program, [.. arguments, .. connection, RequestLimit])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return new KubectlResult(process.ExitCode == 0, output, Read(errors));
        }
        catch (OperationCanceledException)
        {
            await KillAsync(process);
            cancellationToken.ThrowIfCancellationRequested();
            throw CliException.Failed(
                $"kubectl gave no answer in {Words.Time(limit.TotalSeconds)}{Said(Read(errors))}\n"
                + $"Run this yourself; where it asks you to log in, do so, and try again:\n  {CommandLine(arguments)}");
        }
    }

    /// <summary>What to type for the same call.</summary>
    public string CommandLine(IReadOnlyList<string> arguments) =>
        $"kubectl {string.Join(' ', arguments.Concat(connection).Select(Words.Shell))}";

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw CliException.Failed(
                $"{program} does not start ({e.Message}); put kubectl on the PATH, or its path into the environment variable KUBECTL");
        }
    }

    private async Task KillAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        using var limit = new CancellationTokenSource(Farewell, time);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Its last words are lost.
        }
    }

    private static string Said(string errors) => errors.Trim() is { Length: > 0 } text ? $"; it said: {text}" : "";

    private static void Append(StringBuilder errors, string? line)
    {
        lock (errors)
        {
            errors.AppendLine(line);
        }
    }

    private static string Read(StringBuilder errors)
    {
        lock (errors)
        {
            return errors.ToString();
        }
    }
}

/// <summary>How a run of kubectl ended.</summary>
internal sealed record KubectlResult(bool Succeeded, string Output, string Errors);
