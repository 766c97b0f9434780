using System.Text.Json;
using ModelOperator.Api;

namespace ModelOperator.Controller.Decide;

/// <summary>Copies and compares statuses; what the cache holds is never changed.</summary>
internal static class StatusCopy
{
    public static ModelDeploymentStatus Of(ModelDeploymentStatus? status) =>
        status is null
            ? new ModelDeploymentStatus()
            : JsonSerializer.Deserialize(Bytes(status), ApiJsonContext.Default.ModelDeploymentStatus)!;

    public static bool AreEqual(ModelDeploymentStatus? a, ModelDeploymentStatus? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && Bytes(a).AsSpan().SequenceEqual(Bytes(b)));

    private static byte[] Bytes(ModelDeploymentStatus status) =>
        JsonSerializer.SerializeToUtf8Bytes(status, ApiJsonContext.Default.ModelDeploymentStatus);
}
