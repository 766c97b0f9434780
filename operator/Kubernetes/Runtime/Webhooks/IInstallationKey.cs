namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>
/// Secrets that all replicas of an installation share, made from the key of its certificate authority. What one replica signs another can
/// check; with a new authority, about once in its lifetime of years, what was signed before is not known any more.
/// </summary>
public interface IInstallationKey
{
    /// <summary>The secret for a purpose, 32 bytes; null until there are certificates.</summary>
    byte[]? Derive(string purpose);
}
