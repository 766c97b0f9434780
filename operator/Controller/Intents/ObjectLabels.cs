using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>The labels that tell our objects from others' and from each other.</summary>
internal static class ObjectLabels
{
    /// <summary>On everything of one revision of a model; also the selector of its Deployment.</summary>
    public static JsonObject Revision(string model, string revision) => new()
    {
        [Labels.ManagedBy] = Labels.Operator,
        [Labels.Component] = Labels.InferenceComponent,
        [Labels.Name] = model,
        [Labels.Model] = model,
        [Labels.Revision] = revision,
    };

    /// <summary>On the Service of a model.</summary>
    public static JsonObject Model(string model) => new()
    {
        [Labels.ManagedBy] = Labels.Operator,
        [Labels.Name] = model,
        [Labels.Model] = model,
    };

    /// <summary>On the Jobs of guardrails and their pods.</summary>
    public static JsonObject Gate(string model, string revision, string guardrail) => new()
    {
        [Labels.ManagedBy] = Labels.Operator,
        [Labels.Component] = Labels.GateComponent,
        [Labels.Name] = model,
        [Labels.Model] = model,
        [Labels.Revision] = revision,
        [Labels.Guardrail] = guardrail,
    };

    /// <summary>On the Job that evaluates a revision and its pods.</summary>
    public static JsonObject Evaluation(string model, string revision) => new()
    {
        [Labels.ManagedBy] = Labels.Operator,
        [Labels.Component] = Labels.EvaluationComponent,
        [Labels.Name] = model,
        [Labels.Model] = model,
        [Labels.Revision] = revision,
    };

    /// <summary>On the router's objects and pods.</summary>
    public static JsonObject Router() => new()
    {
        [Labels.ManagedBy] = Labels.Operator,
        [Labels.Component] = Labels.RouterComponent,
        [Labels.Name] = RouterNames.Router,
    };

    /// <summary>What selects the router's pods.</summary>
    public static JsonObject RouterSelector() => new()
    {
        [Labels.ManagedBy] = Labels.Operator,
        [Labels.Component] = Labels.RouterComponent,
    };
}
