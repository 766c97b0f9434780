using System.Reflection;
using System.Text.Json;
using ModelOperator.Kubernetes.Entities;
using RangeAttribute = ModelOperator.Kubernetes.Entities.RangeAttribute;

namespace ModelOperator.Api.Tests.ApiServer;

/// <summary>Objects with a value in every field, made by reflection so that a new field cannot be forgotten.</summary>
internal static class Filled
{
    public static ModelDeploymentSpec Spec()
    {
        var spec = (ModelDeploymentSpec)Of(typeof(ModelDeploymentSpec));
        spec.Rollout!.Analysis!.Guardrails![0].Type = GuardrailType.Latency;
        spec.Rollout.Analysis.Guardrails[0].MaxMilliseconds = null;
        spec.Rollout.Analysis.Guardrails.Add(new Guardrail { Name = "b", Type = GuardrailType.Latency, MaxMilliseconds = 5, MarginPercent = 1 });
        spec.Runtime!.Accelerator!.Kind = AcceleratorKind.Gpu;
        return spec;
    }

    public static ModelDeploymentStatus Status() => (ModelDeploymentStatus)Of(typeof(ModelDeploymentStatus));

    public static string Json(ModelDeploymentSpec spec) => JsonSerializer.Serialize(spec, ApiJsonContext.Default.ModelDeploymentSpec);

    public static string Json(ModelDeploymentStatus status) => JsonSerializer.Serialize(status, ApiJsonContext.Default.ModelDeploymentStatus);

    private static object Of(Type type)
    {
        var instance = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            property.SetValue(instance, Value(property, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType));
        }

        return instance;
    }

    private static object Value(PropertyInfo property, Type type)
    {
        if (type.IsGenericType)
        {
            var list = (System.Collections.IList)Activator.CreateInstance(type)!;
            list.Add(Value(property, type.GetGenericArguments()[0]));
            return list;
        }

        return type switch
        {
            _ when type == typeof(string) => Text(property),
            _ when type == typeof(int) => (int)Number(property),
            _ when type == typeof(long) => Number(property),
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
            _ when type == typeof(System.Text.Json.Nodes.JsonObject) => Specs.Json("""{"spec":{"priorityClassName":"high"}}"""),
            { IsEnum: true } => Enum.GetValues(type).GetValue(0)!,
            _ => Of(type),
        };
    }

    private static string Text(PropertyInfo property) => property.Name switch
    {
        nameof(ModelSource.Uri) => "https://models.example.com/digits.onnx",
        nameof(ModelSource.Digest) => "sha256:" + new string('0', 64),
        nameof(AcceleratorSpec.ResourceName) => "nvidia.com/gpu",
        nameof(Condition.Status) => "True",
        _ => "a",
    };

    private static long Number(PropertyInfo property) => Math.Max(1, property.GetCustomAttribute<RangeAttribute>()?.Minimum ?? 1);
}
