namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Something the process needs before it is ready.</summary>
public interface IReadyCheck
{
    /// <summary>What is missing, in a few words, or null.</summary>
    string? NotReady { get; }
}
