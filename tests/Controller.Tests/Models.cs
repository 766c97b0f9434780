using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests;

/// <summary>ModelDeployments for tests.</summary>
internal static class Models
{
    public static ModelDeployment Digits(Action<ModelDeployment>? change = null)
    {
        var model = new ModelDeployment
        {
            ApiVersion = "modeloperator.io/v1alpha1",
            Kind = "ModelDeployment",
            Metadata = new ObjectMeta { Name = "digits", Namespace = "vision", Uid = "uid-digits", Generation = 1, ResourceVersion = "1" },
            Spec = new ModelDeploymentSpec { Model = new ModelSource { Uri = "http://models.example/digits/1/model.onnx" } },
        };
        change?.Invoke(model);
        return model;
    }

    public static ModelDeployment Named(string name, string uid, DateTimeOffset? deleted = null) => Digits(model =>
    {
        model.Metadata.Name = name;
        model.Metadata.Uid = uid;
        model.Metadata.DeletionTimestamp = deleted;
    });
}
