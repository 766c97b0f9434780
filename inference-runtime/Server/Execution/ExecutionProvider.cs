using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOperator.Server.Execution;

/// <summary>What a model can run on.</summary>
internal enum ExecutionProvider
{
    Cpu,
    Cuda,
    TensorRT,
}

/// <summary>Names of the execution providers and how a session gets them.</summary>
internal static class ExecutionProviders
{
    public static string Name(this ExecutionProvider provider) => provider switch
    {
        ExecutionProvider.Cuda => "CUDA",
        ExecutionProvider.TensorRT => "TensorRT",
        _ => "CPU",
    };

    /// <summary>The name of a provider by ONNX Runtime's name of it.</summary>
    public static string NameOf(string onnxRuntimeName)
    {
        const string Ending = "ExecutionProvider";
        string name = onnxRuntimeName.EndsWith(Ending, StringComparison.Ordinal) ? onnxRuntimeName[..^Ending.Length] : onnxRuntimeName;
        return name.Equals("Tensorrt", StringComparison.OrdinalIgnoreCase) ? ExecutionProvider.TensorRT.Name() : name;
    }

    /// <summary>Reads a list such as "TensorRT,CUDA,CPU".</summary>
    public static IReadOnlyList<ExecutionProvider> Parse(string text)
    {
        List<ExecutionProvider> providers = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Array.Find(
                Enum.GetValues<ExecutionProvider>(),
                p => p.Name().Equals(name, StringComparison.OrdinalIgnoreCase)) is var provider
                && !provider.Name().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                throw new TerminatingException(
                    FailureReasons.InvalidConfiguration, $"execution provider '{name}' is unknown, expected TensorRT, CUDA or CPU");
            }

            if (providers.Contains(provider))
            {
                throw new TerminatingException(FailureReasons.InvalidConfiguration, $"execution provider '{name}' is named twice");
            }

            providers.Add(provider);
        }

        return providers;
    }

    /// <summary>Adds a provider to a session to be; throws what ONNX Runtime throws when it is not there.</summary>
    public static void AddTo(this ExecutionProvider provider, SessionOptions options, SessionRecipe recipe, string? engineCache)
    {
        string device = recipe.Device.ToString(CultureInfo.InvariantCulture);
        switch (provider)
        {
            case ExecutionProvider.Cuda:
                using (OrtCUDAProviderOptions cuda = new())
                {
                    cuda.UpdateOptions(new Dictionary<string, string> { ["device_id"] = device });
                    options.AppendExecutionProvider_CUDA(cuda);
                }

                break;
            case ExecutionProvider.TensorRT:
                using (OrtTensorRTProviderOptions tensorRt = new())
                {
                    Dictionary<string, string> entries = new()
                    {
                        ["device_id"] = device,
                        ["trt_fp16_enable"] = recipe.Precision == Precision.Fp16 ? "1" : "0",
                    };
                    if (engineCache is not null)
                    {
                        entries["trt_engine_cache_enable"] = "1";
                        entries["trt_engine_cache_path"] = engineCache;
                        entries["trt_timing_cache_enable"] = "1";
                        entries["trt_timing_cache_path"] = engineCache;
                    }

                    tensorRt.UpdateOptions(entries);
                    options.AppendExecutionProvider_Tensorrt(tensorRt);
                }

                break;
            default:
                options.AppendExecutionProvider_CPU(recipe.Arena ? 1 : 0);
                break;
        }
    }

    /// <summary>What people can do when a provider cannot be loaded; ONNX Runtime itself only says that.</summary>
    public static string Hint(this ExecutionProvider provider)
    {
        string? needs = provider switch
        {
            ExecutionProvider.Cuda => "CUDA 13 and cuDNN 9",
            ExecutionProvider.TensorRT => "CUDA 13, cuDNN 9 and TensorRT 10",
            _ => null,
        };
        return needs is null ? ""
            : File.Exists(Path.Combine(AppContext.BaseDirectory, $"libonnxruntime_providers_{provider.Name().ToLowerInvariant()}.so"))
                ? $" (it needs {needs} in the image and a GPU on the node; the log names the library that is missing)"
                : " (this image was built without the GPU providers)";
    }
}
