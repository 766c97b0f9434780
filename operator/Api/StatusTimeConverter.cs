using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// Times as Kubernetes writes them, with a fraction where there is one: what is computed from a status must be the same after a restart.
/// </summary>
public sealed class StatusTimeConverter() : UtcTimeConverter("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'");
