using System.Diagnostics;

namespace ModelOperator.Demo.Play;

/// <summary>Runs kubectl: the demonstration sees the cluster as its users do.</summary>
public sealed class Kubectl(string path, string @namespace)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(180);

    /// <summary>Runs a command and returns what it prints; a failure is an exception with what it complained.</summary>
    public async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var start = new ProcessStartInfo(path)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("--namespace");
        start.ArgumentList.Add(@namespace);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{path} does not start.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), timeout.Token);
            }

            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0
                ? await output
                : throw new KubectlException($"kubectl {string.Join(' ', arguments)}: {(await errors).Trim()}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new KubectlException($"kubectl {string.Join(' ', arguments)} gave no answer in {Timeout.TotalSeconds} s");
        }
    }

    public Task ApplyAsync(string manifest, CancellationToken cancellationToken) =>
        RunAsync(["apply", "-f", "-"], cancellationToken, manifest);
}

/// <summary>kubectl refused or failed.</summary>
public sealed class KubectlException(string message) : Exception(message);
