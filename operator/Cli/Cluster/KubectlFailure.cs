using ModelOperator.Api;

namespace ModelOperator.Cli.Cluster;

/// <summary>Turns what kubectl complains about into what is wrong and what to do.</summary>
internal static class KubectlFailure
{
    private const string Denial = "denied the request: ";

    private static readonly string[] NoCluster =
    [
        "Unable to connect to the server",
        "was refused - did you specify",
        "couldn't get current server API group list",
        "dial tcp",
        "i/o timeout",
    ];

    /// <param name="errors">What kubectl wrote to standard error.</param>
    /// <param name="name">The ModelDeployment that the call was about; null with a list.</param>
    /// <param name="place">Where it was looked for.</param>
    /// <param name="command">The call, for people to repeat.</param>
    public static CliException Explain(string errors, string? name, Place place, string command)
    {
        string said = Said(errors);
        string subject = name is null ? "" : $"{name}: ";
        if (After(errors, Denial) is { } denied)
        {
            return CliException.Refused($"{subject}refused: {denied}");
        }

        if (name is not null && After(errors, $"The {ModelDeployment.KindName} \"{name}\" is invalid: ") is { } problems)
        {
            return CliException.Refused($"{subject}refused: {problems}");
        }

        if (errors.Contains("have a resource type", StringComparison.Ordinal)
            || errors.Contains("could not find the requested resource", StringComparison.Ordinal))
        {
            return CliException.Failed(
                "the cluster knows no ModelDeployments: the CustomResourceDefinition of Model Operator is not installed. "
                + "Is it the right cluster? kubectl config current-context names it; --context chooses another");
        }

        if (name is not null && errors.Contains("(NotFound)", StringComparison.Ordinal))
        {
            return CliException.Failed(
                $"{name}: there is no ModelDeployment of this name {place.InNamespace}; "
                + $"kubectl model list{place.Options} shows those there are, and with -A those of all namespaces");
        }

        if (errors.Contains("is forbidden: User", StringComparison.Ordinal))
        {
            return CliException.Failed(
                $"{subject}you may not do this: {said}\nThe chart's ClusterRoles model-operator-view (to look) and model-operator-edit "
                + "(to change) give the right; ask whoever administers the cluster");
        }

        if (errors.Contains("(Unauthorized)", StringComparison.Ordinal))
        {
            return CliException.Failed($"the cluster does not accept your credentials: {said}; log in again, or choose another --context");
        }

        if (NoCluster.Any(text => errors.Contains(text, StringComparison.Ordinal)))
        {
            return CliException.Failed(
                $"no cluster answers: {said}\nkubectl cluster-info shows the address; --context and --kubeconfig choose another cluster");
        }

        return CliException.Failed($"{subject}kubectl failed: {said}\nTo see more, run: {command}");
    }

    /// <summary>The last thing that kubectl wrote, without its warnings and the lines of its log.</summary>
    public static string Said(string errors)
    {
        string? last = errors
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault(line => !line.StartsWith("Warning:", StringComparison.Ordinal) && !IsLog(line));
        if (last is null)
        {
            return errors.Trim() is { Length: > 0 } text ? Words.Plain(text) : "nothing";
        }

        return Words.Plain(
            last.StartsWith("error: ", StringComparison.Ordinal) ? last["error: ".Length..]
            : last.StartsWith("Error from server", StringComparison.Ordinal)
                && last.IndexOf(": ", StringComparison.Ordinal) is > 0 and int end
                ? last[(end + 2)..]
            : last);
    }

    // To the end: there may be a line for each thing that is wrong.
    private static string? After(string errors, string text) =>
        errors.IndexOf(text, StringComparison.Ordinal) is >= 0 and var at ? Words.Plain(errors[(at + text.Length)..].Trim()) : null;

    // Such as: E1129 10:00:00.000000    1234 memcache.go:265] couldn't get ...
    private static bool IsLog(string line) =>
        line is [('E' or 'W' or 'I'), >= '0' and <= '9', >= '0' and <= '9', ..] && line.Contains(".go:", StringComparison.Ordinal);
}
