using System.CommandLine;
using System.Text;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Tests;

/// <summary>What the program did with its arguments.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Lines of the output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs it with a text, or a stream, on standard input.</summary>
    public static Task<CommandResult> RunAsync(string input, params string[] args) =>
        RunAsync(new Pipe(Encoding.UTF8.GetBytes(input)), args);

    public static Task<CommandResult> RunAsync(Stream input, params string[] args) => RunAsync(input, CancellationToken.None, args);

    public static Task<CommandResult> RunAsync(Stream input, CancellationToken cancellationToken, params string[] args) =>
        RunAsync(input, new ClusterAccess("no-kubectl-here", TimeProvider.System), cancellationToken, args);

    /// <summary>Runs it with a kubectl.</summary>
    public static async Task<CommandResult> RunAsync(
        Stream input, ClusterAccess access, CancellationToken cancellationToken, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        int code = await Tool.RunAsync(
            args, () => input, new InvocationConfiguration { Output = output, Error = error }, access, cancellationToken);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Bytes that come as from a pipe: a few at a time, and never again.</summary>
    private sealed class Pipe(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 7)], cancellationToken);
    }
}
