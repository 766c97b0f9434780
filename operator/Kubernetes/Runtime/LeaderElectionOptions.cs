namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Which lease to hold and how.</summary>
public sealed record LeaderElectionOptions
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>
    /// Who holds the lease; must differ for each process that lives at the same time. A pod's name does: a container restarted in place
    /// takes up its own lease at once.
    /// </summary>
    public required string Identity { get; init; }

    /// <summary>Others take over when the lease was not renewed for this long.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The holder gives up when it could not renew for this long; shorter than <see cref="LeaseDuration"/>, so that there are never two.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait between two attempts.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>This process no longer holds the lease; whatever it still does, another may do too.</summary>
public sealed class LeadershipLostException(string message) : Exception(message);
