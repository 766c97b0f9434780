using System.Reflection;
using System.Text.Json;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api.Tests.ApiServer;

/// <summary>Objects with a value in every field, made by reflection so that a new field cannot be forgotten.</summary>
internal static class Filled
{
    public static ModelDeploymentSpec Spec()
    {
        var spec = (ModelDeploymentSpec)Of(typeof(ModelDeploymentSpec));
        spec.Rollout!.Analysis!.Guardrails = Apart(spec.Rollout.Analysis.Guardrails![0]);
        spec.Rollout.Evaluation!.Dataset.ConfigMapKeyRef = null;
        spec.Rollout.Evaluation.Dataset.PersistentVolumeClaim = null;
        spec.Runtime!.Accelerator!.Kind = AcceleratorKind.Gpu;
        spec.Feedback!.Kind = FeedbackKind.Regression;
        return spec;
    }

    // No guardrail may have every field: they belong to different types. Together these have all of them.
    private static List<Guardrail> Apart(Guardrail all)
    {
        var counters = all.Prometheus!;
        var mean = (PrometheusMetric)Of(typeof(PrometheusMetric));
        (counters.MeanQuery, counters.MeanMinimum, counters.MeanMaximum, counters.Direction) = (null, null, null, null);
        (mean.BadQuery, mean.TotalQuery) = (null, null);
        return
        [
            new() { Name = "a", Type = GuardrailType.Accuracy, MinAccuracyPercent = all.MinAccuracyPercent },
            new()
            {
                Name = "b",
                Type = GuardrailType.Latency,
                MaxMilliseconds = all.MaxMilliseconds,
                QuantilePercent = all.QuantilePercent,
            },
            new() { Name = "c", Type = GuardrailType.Latency, MaxMilliseconds = all.MaxMilliseconds, MarginPercent = all.MarginPercent },
            new() { Name = "d", Type = GuardrailType.ErrorRate, MaxErrorPercent = all.MaxErrorPercent },
            new() { Name = "e", Type = GuardrailType.Prometheus, Prometheus = counters },
            new() { Name = "f", Type = GuardrailType.Prometheus, Prometheus = mean },
            new() { Name = "g", Type = GuardrailType.Webhook, Webhook = all.Webhook },
            new() { Name = "h", Type = GuardrailType.Job, Job = all.Job },
        ];
    }

    public static ModelDeploymentStatus Status() => (ModelDeploymentStatus)Of(typeof(ModelDeploymentStatus));

    public static string Json(ModelDeploymentSpec spec) => JsonSerializer.Serialize(spec, ApiJsonContext.Default.ModelDeploymentSpec);

    public static string Json(ModelDeploymentStatus status) =>
        JsonSerializer.Serialize(status, ApiJsonContext.Default.ModelDeploymentStatus);

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
        nameof(PrometheusMetric.Address) or nameof(WebhookGate.Url) => "http://checks.example.com/a",
        nameof(PrometheusMetric.MeanMinimum) => "-1.5",
        nameof(FeedbackTolerance.Absolute) or nameof(FeedbackTolerance.Percent) => "2.5",
        nameof(PrometheusMetric.MeanMaximum) => "100",
        nameof(AcceleratorSpec.ResourceName) => "nvidia.com/gpu",
        nameof(Condition.Status) => "True",
        _ => "a",
    };

    private static long Number(PropertyInfo property) => Math.Max(1, property.GetCustomAttribute<RangeMinimumAttribute>()?.Minimum ?? 1);
}
