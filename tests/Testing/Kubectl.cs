using System.Diagnostics;

namespace ModelOperator.Testing;

/// <summary>Runs kubectl against one API server, the way people use it.</summary>
public sealed class Kubectl(string kubeconfig)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly Lazy<Task<string>> Program = new(FindAsync);

    /// <summary>Path of the program, or its name where it is the user's.</summary>
    public static Task<string> PathAsync() => Program.Value;

    /// <summary>What kubectl said and whether it succeeded; its input is <paramref name="input"/>.</summary>
    public async Task<KubectlResult> TryAsync(string input, params string[] arguments) =>
        await StartAsync(await Program.Value, ["--kubeconfig", kubeconfig, .. arguments], input);

    /// <summary>What kubectl printed; fails when it does.</summary>
    public async Task<string> RunAsync(string input, params string[] arguments)
    {
        var result = await TryAsync(input, arguments);
        return result.Succeeded
            ? result.Output
            : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)} failed:\n{result.Errors}");
    }

    // The one of the binaries the API server of the tests is made from, else the user's.
    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_KUBECONFIG") is { Length: > 0 })
        {
            return "kubectl";
        }

        var binaries = await StartAsync(Path.Combine(Repository.Root, "tests", "cluster", "cluster"), ["binaries"], "");
        return binaries.Succeeded ? Path.Combine(binaries.Output.Trim(), "kubectl") : throw new InvalidOperationException(binaries.Errors);
    }

    private static async Task<KubectlResult> StartAsync(string program, IEnumerable<string> arguments, string input)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new KubectlResult(process.ExitCode == 0, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}

/// <summary>How a run of kubectl ended.</summary>
public sealed record KubectlResult(bool Succeeded, string Output, string Errors);
