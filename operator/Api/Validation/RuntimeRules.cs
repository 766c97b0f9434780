namespace ModelOperator.Api.Validation;

/// <summary>Rules of spec.runtime.</summary>
internal static class RuntimeRules
{
    public static IEnumerable<FieldError> Check(RuntimeSpec? runtime) =>
        runtime is null
            ? []
            :
            [
                .. Accelerator(runtime.Accelerator),
                .. Providers(runtime),
                .. BatchingRules.Check(runtime.Batching),
                .. Precision(runtime),
                .. PodTemplateRules.Check(runtime.PodTemplate),
            ];

    private static IEnumerable<FieldError> Accelerator(AcceleratorSpec? accelerator)
    {
        if (accelerator is null or { Kind: AcceleratorKind.Gpu })
        {
            yield break;
        }

        const string problem = "belongs to kind Gpu; set kind to Gpu or leave it out";
        if (accelerator.ResourceName is { } resourceName)
        {
            yield return FieldError.Text("spec.runtime.accelerator.resourceName", resourceName, problem);
        }

        if (accelerator.Count is { } count)
        {
            yield return FieldError.Of("spec.runtime.accelerator.count", count, problem);
        }
    }

    private static IEnumerable<FieldError> Providers(RuntimeSpec runtime)
    {
        var providers = runtime.ExecutionProviders ?? [];
        for (var i = 0; i < providers.Count; i++)
        {
            var field = $"spec.runtime.executionProviders[{i}]";
            if (providers.IndexOf(providers[i]) < i)
            {
                yield return FieldError.Of(field, providers[i], "is listed twice; list each provider once, the preferred one first");
            }
            else if (providers[i] != ExecutionProvider.CPU && runtime.Accelerator is not { Kind: AcceleratorKind.Gpu })
            {
                yield return FieldError.Of(field, providers[i], "needs a GPU; set spec.runtime.accelerator.kind to Gpu or use CPU");
            }
        }
    }

    private static IEnumerable<FieldError> Precision(RuntimeSpec runtime) =>
        runtime.Precision == ModelPrecision.Fp16 && runtime.ExecutionProviders is not [ExecutionProvider.TensorRT, ..]
            ? [FieldError.Of(
                "spec.runtime.precision",
                ModelPrecision.Fp16,
                "needs TensorRT; put it first in spec.runtime.executionProviders, or use Fp32")]
            : [];
}
