using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using ModelOperator.Testing;

namespace ModelOperator.Fetch.Tests.Stores;

/// <summary>A real store, on a free port and in a folder of its own. It ends with the test process, however that ends.</summary>
internal sealed class StoreProcess : IAsyncDisposable
{
    // Its standard input closes when the test process is gone.
    private const string UntilInputEnds = "\"$@\" & child=$!; cat >/dev/null; kill -KILL $child; wait $child";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<string>> NodeModules = new(() => RestoreAsync());

    private readonly Process _process;

    private StoreProcess(Process process, string folder, int port) => (_process, Folder, Port) = (process, folder, port);

    public string Folder { get; }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>Starts a program; {folder} and {port} in its arguments are replaced.</summary>
    public static async Task<StoreProcess> StartAsync(Action<string, int>? prepare, params string[] command)
    {
        string folder = Directory.CreateTempSubdirectory("model-operator-store-").FullName;
        int port = FreePort.Find();
        prepare?.Invoke(folder, port);
        ProcessStartInfo start = new("bash")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (string argument in (string[])[
            "-c",
            UntilInputEnds,
            "bash",
            .. command.Select(part => part.Replace("{folder}", folder).Replace("{port}", $"{port}")),
        ])
        {
            start.ArgumentList.Add(argument);
        }

        StringBuilder output = new();
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        StoreProcess store = new(process, folder, port);
        Stopwatch waited = Stopwatch.StartNew();
        while (!await ListensAsync(port))
        {
            if (waited.Elapsed > StartTimeout)
            {
                await store.DisposeAsync();
                throw new InvalidOperationException($"{command[0]} does not start (make packages installs what is needed): {output}");
            }

            await Task.Delay(50);
        }

        return store;

        void Append(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }

    /// <summary>Starts a program of the npm packages in tests/model-stores.</summary>
    public static async Task<StoreProcess> StartNodeAsync(string script, params string[] arguments) =>
        await StartAsync(null, ["node", Path.Combine(await NodeModules.Value, "node_modules", script), .. arguments]);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<string> RestoreAsync([CallerFilePath] string caller = "")
    {
        string script = Path.Combine(Path.GetDirectoryName(caller)!, "..", "..", "model-stores", "restore.sh");
        using Process restore =
            Process.Start(new ProcessStartInfo("sh", [script]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        string folder = (await restore.StandardOutput.ReadToEndAsync()).Trim();
        await restore.WaitForExitAsync();
        return restore.ExitCode == 0 ? folder : throw new InvalidOperationException("the stores could not be installed from npm");
    }

    private static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
