namespace ModelOperator.Kubernetes.Cache;

/// <summary>What a reflector covers and how patient it is.</summary>
public sealed record ReflectorOptions
{
    /// <summary>One namespace, or null for all.</summary>
    public string? Namespace { get; init; }

    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>
    /// Asks etcd for the first list, and not a server's cache: after a restart that one may be older than what this program saw and did
    /// before it. For types with few objects; other first lists are cheap, and the watch brings them up to date.
    /// </summary>
    public bool ConsistentFirstList { get; init; }

    /// <summary>Each watch is asked to last between this and twice this, at random, so that many watches do not end together.</summary>
    public TimeSpan MinWatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>First wait after a failure; it doubles, with jitter.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Longest wait after failures.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Without a failure for this long the wait starts from the beginning.</summary>
    public TimeSpan BackoffReset { get; init; } = TimeSpan.FromMinutes(2);
}
