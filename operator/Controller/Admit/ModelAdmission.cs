using ModelOperator.Api;
using ModelOperator.Api.Validation;
using ModelOperator.Kubernetes.Runtime.Webhooks;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Controller.Admit;

/// <summary>
/// Refuses a ModelDeployment that breaks a rule before it is stored, and one whose pods would do for its writer what the writer may not. An
/// update that leaves the pods as they are is not asked the latter again: anybody who may update may scale.
/// </summary>
internal sealed class ModelAdmission(ControllerOptions options, RequesterRights rights)
{
    public async Task<AdmissionResult> JudgeAsync(AdmissionRequest<ModelDeployment> request, CancellationToken cancellationToken)
    {
        // One on its way out must be let go, whatever it holds: an older schema may have let it in.
        if (request is not
            {
                Operation: AdmissionOperation.Create or AdmissionOperation.Update,
                Object: { Metadata.DeletionTimestamp: null } model
            })
        {
            return AdmissionResult.Allow();
        }

        model.Metadata.Namespace ??= request.Namespace;
        bool isKnown = request.OldObject is { } old && UsedObjects.AreTheSame(old.Spec, model.Spec);
        IReadOnlyList<FieldError> errors =
        [
            .. ModelDeploymentValidator.Validate(model),
            .. isKnown ? [] : options.PodTemplates.Check(model),
            .. OrderErrors(model, request.OldObject),
        ];
        if (errors.Count > 0)
        {
            return AdmissionResult.Invalid(
                $"{Subject(model)} is invalid: {(errors.Count == 1 ? errors[0] : $"[{string.Join(", ", errors)}]")}",
                [.. errors.Select(error => new AdmissionCause(error.Field, $"Invalid value: {error.Value}: {error.Problem}"))]);
        }

        return isKnown ? AdmissionResult.Allow()
            : await rights.FindRefusalAsync(request.User, model.Metadata.Namespace, UsedObjects.Of(model.Spec), cancellationToken)
                ?? AdmissionResult.Allow();
    }

    // An order that is there already is the operator's to answer.
    private static IEnumerable<FieldError> OrderErrors(ModelDeployment model, ModelDeployment? old)
    {
        string? text = model.Metadata.Annotations?.GetValueOrDefault(Labels.Control);
        if (text is null || text == old?.Metadata.Annotations?.GetValueOrDefault(Labels.Control))
        {
            return [];
        }

        string? problem = ControlOrder.Parse(text) is { } order
            ? OrderCheck.FindRefusal(order, old?.Status ?? new ModelDeploymentStatus())
            : $"is no order; want {ControlOrder.Forms}";
        return problem is null ? [] : [FieldError.Text($"metadata.annotations[{Labels.Control}]", text, problem)];
    }

    // As the API server words it: ModelDeployment.modeloperator.io "digits".
    private static string Subject(ModelDeployment model) =>
        $"{ModelDeployment.KindName}.{ModelDeployment.Group} "
        + $"\"{(model.Metadata.Name.Length > 0 ? model.Metadata.Name : model.Metadata.GenerateName)}\"";
}
