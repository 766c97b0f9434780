using System.Globalization;
using ModelOperator.Demo.Load;

namespace ModelOperator.Demo.Play;

/// <summary>
/// Keeps, in a folder, what the operator, the routers and the other pods logged, and picks out what was logged around a request that
/// failed. To be saved as soon as something fails: the log of a pod goes with the pod.
/// </summary>
public sealed class ClusterLogs(Kubectl kubectl, string @namespace, string folder)
{
    public const string OperatorNamespace = "model-operator-system";
    private const int MostLines = 12;
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(2);
    private static readonly string[] Tellers = ["model-operator-", "model-router-"];

    public string Folder => folder;

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await SaveAsync("modeldeployment.yaml", ["get", "modeldeployment", "digits", "-o", "yaml"], cancellationToken);
        foreach (string place in new[] { @namespace, OperatorNamespace })
        {
            await SaveAsync($"{place}.events", ["--namespace", place, "get", "events", "--sort-by=.lastTimestamp"], cancellationToken);
            await SaveAsync($"{place}.pods", ["--namespace", place, "get", "pods", "-o", "wide"], cancellationToken);
            string pods = await TryAsync(["--namespace", place, "get", "pods", "-o", "name"], cancellationToken) ?? "";
            foreach (string pod in pods.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Split('/')[^1]))
            {
                string[] logs = ["--namespace", place, "logs", pod, "--all-containers", "--timestamps"];
                await SaveAsync($"{pod}.log", logs, cancellationToken);
                await SaveAsync($"{pod}.previous.log", [.. logs, "--previous"], cancellationToken);
            }
        }
    }

    /// <summary>What the operator and the routers logged from a moment before the request until a moment after it had failed.</summary>
    public IEnumerable<string> LoggedAround(FailedRequest request)
    {
        var from = request.At - Around;
        var until = request.At + TimeSpan.FromSeconds(request.Seconds) + Around;
        return Directory.EnumerateFiles(folder, "*.log")
            .Where(file => Tellers.Any(teller => Path.GetFileName(file).StartsWith(teller, StringComparison.Ordinal)))
            .SelectMany(file => File.ReadLines(file).Select(line => (Pod: Path.GetFileNameWithoutExtension(file), Line: line)))
            .Select(entry => (entry.Pod, entry.Line, At: TimeOf(entry.Line)))
            .Where(entry => entry.At >= from && entry.At <= until)
            .OrderBy(entry => entry.At)
            .Take(MostLines)
            .Select(entry => $"{entry.Pod}: {entry.Line}");
    }

    /// <summary>Each line begins with its time, as kubectl puts it there.</summary>
    private static DateTimeOffset? TimeOf(string line)
    {
        var time = line.AsSpan(0, Math.Max(0, line.IndexOf(' ')));
        return DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    private async Task SaveAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        if (await TryAsync(arguments, cancellationToken) is { Length: > 0 } text)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, cancellationToken);
        }
    }

    /// <summary>A pod can go while it is asked, and most have no log of an earlier container: what cannot be had is left out.</summary>
    private async Task<string?> TryAsync(string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await kubectl.RunAsync(arguments, cancellationToken);
        }
        catch (KubectlException)
        {
            return null;
        }
    }
}
