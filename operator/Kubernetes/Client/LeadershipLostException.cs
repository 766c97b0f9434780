namespace ModelOperator.Kubernetes.Client;

/// <summary>This process no longer holds the lease; whatever it still does, another may do too.</summary>
public sealed class LeadershipLostException(string message) : Exception(message);
