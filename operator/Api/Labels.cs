namespace ModelOperator.Api;

/// <summary>Label and annotation keys on what the operator makes.</summary>
public static class Labels
{
    public const string ManagedBy = "app.kubernetes.io/managed-by";
    public const string Component = "app.kubernetes.io/component";
    public const string Name = "app.kubernetes.io/name";
    public const string Instance = "app.kubernetes.io/instance";

    /// <summary>Value of <see cref="ManagedBy"/> on everything of ours.</summary>
    public const string Operator = "model-operator";

    /// <summary><see cref="Component"/> of pods that serve a model.</summary>
    public const string InferenceComponent = "inference";

    /// <summary><see cref="Component"/> of router pods.</summary>
    public const string RouterComponent = "router";

    /// <summary>Name of the ModelDeployment a pod belongs to.</summary>
    public const string Model = "modeloperator.io/model";

    /// <summary>Revision a pod serves.</summary>
    public const string Revision = "modeloperator.io/revision";
}
