using ModelOperator.Demo.Play;

namespace ModelOperator.EndToEnd;

/// <summary>The cluster under test, as tests/with-cluster hands it over: KUBECONFIG names it and the operator runs in it.</summary>
[SetUpFixture]
public sealed class Cluster
{
    public const string StoreNamespace = "e2e-store";
    public const string DemoImage = "localhost/model-operator-demo:dev";
    public const string RuntimeImage = "localhost/inference-runtime:dev";

    public static string KubectlPath { get; } = Environment.GetEnvironmentVariable("KUBECTL") ?? "kubectl";

    /// <summary>Shell command that kills the operator's process with SIGKILL.</summary>
    public static string? KillOperator { get; } = Environment.GetEnvironmentVariable("KILL_OPERATOR");

    /// <summary>Folder of the model files.</summary>
    public static string Models { get; } = Path.Combine(RepositoryRoot(), "tests", "models");

    public static Kubectl Kubectl(string @namespace) => new(KubectlPath, @namespace);

    public static DemoManifests Manifests(string @namespace) => new(@namespace, DemoImage, Models, requestsPerSecond: 60);

    /// <summary>Kills the operator's process outright; Kubernetes starts it again.</summary>
    public static async Task KillOperatorAsync()
    {
        Assert.That(KillOperator, Is.Not.Null, "KILL_OPERATOR says how; tests/with-cluster sets it");
        using var kill = System.Diagnostics.Process.Start("bash", ["-c", KillOperator!]);
        await kill.WaitForExitAsync();
        Assert.That(kill.ExitCode, Is.Zero);
    }

    [OneTimeSetUp]
    public async Task Serve_the_models()
    {
        var kubectl = Kubectl(StoreNamespace);
        try
        {
            await kubectl.RunAsync(
                ["--namespace", "model-operator-system", "rollout", "status", "deployment/model-operator", "--timeout=170s"],
                CancellationToken.None);
        }
        catch (KubectlException error)
        {
            Assert.Fail($"No cluster with a running operator: {error.Message}. Run these tests by: make test-e2e");
        }

        await kubectl.ApplyAsync(Manifests(StoreNamespace).Namespace, CancellationToken.None);
        await kubectl.ApplyAsync(Manifests(StoreNamespace).Store, CancellationToken.None);
        await kubectl.RunAsync(["rollout", "status", "deployment/model-store", "--timeout=170s"], CancellationToken.None);
    }

    [OneTimeTearDown]
    public Task Remove_the_models() =>
        Kubectl(StoreNamespace).RunAsync(["delete", "namespace", StoreNamespace, "--wait=false"], CancellationToken.None);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ModelOperator.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
