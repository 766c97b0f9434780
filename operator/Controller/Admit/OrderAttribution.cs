using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Runtime.Webhooks;

namespace ModelOperator.Controller.Admit;

/// <summary>
/// Notes who gives an order, in the annotation beside it. Whatever the writer put there is replaced, and what was there is kept for as long
/// as the order is.
/// </summary>
internal sealed class OrderAttribution(OrderSigner signer, TimeProvider time)
{
    private const string Path = "/metadata/annotations/modeloperator.io~1control-by";

    public AdmissionResult Attribute(AdmissionRequest<ModelDeployment> request)
    {
        if (request is not { Operation: AdmissionOperation.Create or AdmissionOperation.Update, Object: { } model })
        {
            return AdmissionResult.Allow();
        }

        model.Metadata.Namespace ??= request.Namespace;
        string? written = AnnotationOf(model, Labels.ControlBy);
        string? right = Right(request, model);
        return right == written ? AdmissionResult.Allow() : AdmissionResult.Change(
        [
            right is null
                ? new JsonObject { ["op"] = "remove", ["path"] = Path }
                : new JsonObject { ["op"] = "add", ["path"] = Path, ["value"] = right },
        ]);
    }

    private string? Right(AdmissionRequest<ModelDeployment> request, ModelDeployment model)
    {
        if (AnnotationOf(model, Labels.Control) is not { } order)
        {
            return null;
        }

        if (request.OldObject is { } old && AnnotationOf(old, Labels.Control) == order)
        {
            return AnnotationOf(old, Labels.ControlBy);
        }

        return request is { User.Username: { Length: > 0 } user, Uid: { } uid }
            ? signer.Sign(model, order, StatusLimits.Shorten(user, StatusLimits.User), time.GetUtcNow(), uid)
            : null;
    }

    private static string? AnnotationOf(ModelDeployment model, string key) => model.Metadata.Annotations?.GetValueOrDefault(key);
}
