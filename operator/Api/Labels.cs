namespace ModelOperator.Api;

/// <summary>Label and annotation keys on what the operator makes.</summary>
public static class Labels
{
    /// <summary>Who manages an object.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";
    /// <summary>The part an object plays.</summary>
    public const string Component = "app.kubernetes.io/component";
    /// <summary>The application an object belongs to.</summary>
    public const string Name = "app.kubernetes.io/name";
    /// <summary>The installation of the application.</summary>
    public const string Instance = "app.kubernetes.io/instance";

    /// <summary>Value of <see cref="ManagedBy"/> on everything of ours.</summary>
    public const string Operator = "model-operator";

    /// <summary><see cref="Component"/> of pods that serve a model.</summary>
    public const string InferenceComponent = "inference";

    /// <summary><see cref="Component"/> of router pods.</summary>
    public const string RouterComponent = "router";

    /// <summary><see cref="Component"/> of Jobs that check a canary, and of their pods.</summary>
    public const string GateComponent = "gate";

    /// <summary><see cref="Component"/> of the Job that evaluates a revision, and of its pods.</summary>
    public const string EvaluationComponent = "evaluation";

    /// <summary>Name of the ModelDeployment a pod belongs to.</summary>
    public const string Model = "modeloperator.io/model";

    /// <summary>Revision a pod serves.</summary>
    public const string Revision = "modeloperator.io/revision";

    /// <summary>Guardrail whose check a Job or its pod is.</summary>
    public const string Guardrail = "modeloperator.io/guardrail";

    /// <summary>
    /// Annotation of a ModelDeployment: what a person orders, such as: promote 5f6d7c8. The operator takes it off when it has dealt with
    /// it.
    /// </summary>
    public const string Control = "modeloperator.io/control";

    /// <summary>Annotation that the webhook sets beside <see cref="Control"/>: who gave the order, and when, signed.</summary>
    public const string ControlBy = "modeloperator.io/control-by";

    /// <summary>Annotation of the pods that a person had replaced, and of their template: when that was asked for.</summary>
    public const string RestartedAt = "modeloperator.io/restarted-at";

    /// <summary>Labels that selectors of the operator and the routers rest on; a pod template must not set them.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [ManagedBy, Component, Name, Model, Revision];
}
