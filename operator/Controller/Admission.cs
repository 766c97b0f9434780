using ModelOperator.Api;
using ModelOperator.Api.Validation;
using ModelOperator.Kubernetes.Runtime.Webhooks;

namespace ModelOperator.Controller;

/// <summary>Refuses a ModelDeployment that breaks a rule before it is stored.</summary>
internal static class Admission
{
    public static AdmissionResult Judge(AdmissionRequest<ModelDeployment> request)
    {
        // One on its way out must be let go, whatever it holds: an older schema may have let it in.
        if (request is not { Operation: AdmissionOperation.Create or AdmissionOperation.Update, Object: { Metadata.DeletionTimestamp: null } model })
        {
            return AdmissionResult.Allow();
        }

        IReadOnlyList<FieldError> errors = ModelDeploymentValidator.Validate(model);
        return errors.Count == 0
            ? AdmissionResult.Allow()
            : AdmissionResult.Invalid(
                $"{Subject(model)} is invalid: {(errors.Count == 1 ? errors[0] : $"[{string.Join(", ", errors)}]")}",
                [.. errors.Select(error => new AdmissionCause(error.Field, $"Invalid value: {error.Value}: {error.Problem}"))]);
    }

    // As the API server words it: ModelDeployment.modeloperator.io "digits".
    private static string Subject(ModelDeployment model) =>
        $"{ModelDeployment.KindName}.{ModelDeployment.Group} \"{(model.Metadata.Name.Length > 0 ? model.Metadata.Name : model.Metadata.GenerateName)}\"";
}
