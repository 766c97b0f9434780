namespace ModelOperator.Cli.Cluster;

/// <summary>The kubectl to run, and the clock.</summary>
internal sealed record ClusterAccess(string Kubectl, TimeProvider Time)
{
    public const string Variable = "KUBECTL";

    /// <summary>The one that the environment names, else the one on the PATH.</summary>
    public static ClusterAccess FromEnvironment() =>
        new(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : "kubectl", TimeProvider.System);
}
