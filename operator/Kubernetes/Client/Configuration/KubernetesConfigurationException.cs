namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>The settings that say how to reach the API server are wrong; the message names the setting and what would be right.</summary>
public sealed class KubernetesConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
