using ModelOperator.Demo.Play;

namespace ModelOperator.EndToEnd;

/// <summary>A namespace of a test's own, gone after it.</summary>
public sealed class TestNamespace : IAsyncDisposable
{
    private TestNamespace(string name)
    {
        Name = name;
        Kubectl = Cluster.Kubectl(name);
    }

    public string Name { get; }

    public Kubectl Kubectl { get; }

    public static async Task<TestNamespace> CreateAsync(string name)
    {
        var made = new TestNamespace($"e2e-{name}");
        await made.Kubectl.ApplyAsync(Cluster.Manifests(made.Name).Namespace, CancellationToken.None);
        return made;
    }

    /// <summary>Runs kubectl with words separated by spaces.</summary>
    public Task<string> RunAsync(string arguments) => Kubectl.RunAsync(arguments.Split(' '), CancellationToken.None);

    public Task ApplyAsync(string manifest) => Kubectl.ApplyAsync(manifest, CancellationToken.None);

    /// <summary>Repeats a kubectl command until its output satisfies, or fails with the last output.</summary>
    public async Task<string> EventuallyAsync(string arguments, Func<string, bool> isRight, string what, int seconds = 300)
    {
        string output = "";
        long start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds)
        {
            try
            {
                output = await RunAsync(arguments);
                if (isRight(output))
                {
                    return output;
                }
            }
            catch (KubectlException error)
            {
                output = error.Message;
            }

            await Task.Delay(250);
        }

        Assert.Fail($"Waited {seconds} s for {what}; kubectl {arguments} last gave:\n{output}");
        return output;
    }

    public async ValueTask DisposeAsync() =>
        await Kubectl.RunAsync(["delete", "namespace", Name, "--wait=false"], CancellationToken.None);
}
