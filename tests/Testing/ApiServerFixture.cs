using System.Diagnostics;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Configuration;
using OurConfiguration = ModelOperator.Kubernetes.Client.KubernetesClientConfiguration;

namespace ModelOperator.Testing;

/// <summary>
/// A real API server: the one TEST_KUBECONFIG names, else one of our own that lives as long as the fixture, and no longer than the
/// test process however that ends. There are no controllers, so nothing but the code under test acts on objects.
/// </summary>
public sealed class ApiServerFixture : IAsyncDisposable
{
    /// <summary>The first start on a machine builds the binaries.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(20);

    private readonly string? _directory;

    private ApiServerFixture(string kubeconfig, string? directory)
    {
        Kubeconfig = kubeconfig;
        _directory = directory;
        Configuration = KubernetesConfigurationLoader.LoadKubeconfig(kubeconfig, null, TimeProvider.System, NullLogger.Instance);
        Client = CreateClient();
        World = new k8s.Kubernetes(k8s.KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
    }

    /// <summary>Path of a kubeconfig with all rights.</summary>
    public string Kubeconfig { get; }

    public OurConfiguration Configuration { get; }

    /// <summary>The client under test, with all rights.</summary>
    public KubernetesClient Client { get; }

    /// <summary>
    /// The official client, with all rights: what a test finds to be the case on the server it finds through this one, so that a mistake
    /// of the client under test does not hide itself.
    /// </summary>
    public IKubernetes World { get; }

    public static async Task<ApiServerFixture> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_KUBECONFIG") is { Length: > 0 } given)
        {
            return new ApiServerFixture(given, null);
        }

        var directory = Directory.CreateTempSubdirectory("model-operator-api-").FullName;
        await RunClusterAsync("api-up", "--dir", directory, "--parent", $"{Environment.ProcessId}");
        return new ApiServerFixture(Path.Combine(directory, "kubeconfig"), directory);
    }

    public KubernetesClient CreateClient() => new(Configuration, TimeProvider.System, NullLogger<KubernetesClient>.Instance);

    /// <summary>A namespace of a test's own, so that tests can run side by side.</summary>
    public async Task<TestNamespace> CreateNamespaceAsync()
    {
        var made = await World.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { GenerateName = "test-" } });
        return new TestNamespace(this, made.Metadata.Name);
    }

    /// <summary>Major and minor version of the server.</summary>
    public async Task<Version> VersionAsync()
    {
        var code = await World.Version.GetCodeAsync();

        // Vendors write such as "28+".
        return new Version(int.Parse(code.Major), int.Parse(code.Minor.TrimEnd('+')));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        World.Dispose();
        if (_directory is not null)
        {
            await RunClusterAsync("api-down", "--dir", _directory);
        }
    }

    private static async Task RunClusterAsync(params string[] arguments)
    {
        // The server outlives the script that starts it, so output goes to a file: a pipe would be held open by it.
        var log = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("bash") { UseShellExecute = false };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add("log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null");
            start.ArgumentList.Add("bash");
            start.ArgumentList.Add(log);
            start.ArgumentList.Add(Path.Combine(Repository.Root, "tests", "cluster", "cluster"));
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(StartLimit);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException(
                    $"cluster {string.Join(' ', arguments)} failed:\n{await File.ReadAllTextAsync(log)}");
            }
        }
        finally
        {
            File.Delete(log);
        }
    }
}

/// <summary>Deleted when disposed.</summary>
public sealed class TestNamespace(ApiServerFixture server, string name) : IAsyncDisposable
{
    public string Name => name;

    public async ValueTask DisposeAsync() => await server.World.CoreV1.DeleteNamespaceAsync(name);
}
