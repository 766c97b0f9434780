using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOperator.Server.Execution;

/// <summary>
/// Keeps the graphs that ONNX Runtime has optimized for this machine, so that the next start of a large model need not do it again. Beside
/// the model, or in a directory of its own; where neither can be written to every start optimizes.
/// </summary>
internal sealed class OptimizedGraphs(string? directory, ILogger logger)
{
    /// <summary>Smaller models are optimized in less time than looking for the result takes.</summary>
    private const long LeastBytes = 1024 * 1024;

    /// <summary>ONNX files end at two gigabytes; weights kept in other files would have to be copied too.</summary>
    private const long MostBytes = 1500L * 1024 * 1024;

    private const int ChunkBytes = 1024 * 1024;

    /// <summary>How a tensor names the file that its weights are in (onnx.proto: an entry of external_data).</summary>
    private static ReadOnlySpan<byte> ExternalWeights => "\n\x08location"u8;

    /// <summary>Where TensorRT keeps its engines; null where nothing can be kept.</summary>
    public string? EngineDirectory()
    {
        if (directory is null)
        {
            return null;
        }

        string engines = Path.Combine(directory, "tensorrt");
        try
        {
            Directory.CreateDirectory(engines);
            return engines;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogMessages.CacheNotWritable(logger, engines, e.Message);
            return null;
        }
    }

    /// <summary>Opens a session on the optimized graph, making that first when it is not there.</summary>
    public InferenceSession Open(string path, SessionOptions options, SessionRecipe recipe, IReadOnlyList<ExecutionProvider> providers)
    {
        long bytes = new FileInfo(path).Length;
        // What TensorRT compiles cannot be written as ONNX; it has a cache of its own.
        if (bytes is < LeastBytes or > MostBytes || providers.Contains(ExecutionProvider.TensorRT))
        {
            return new InferenceSession(path, options);
        }

        if (Key(path, recipe, providers) is not { } key)
        {
            return new InferenceSession(path, options);
        }

        string kept = Path.Combine(directory ?? Path.GetDirectoryName(Path.GetFullPath(path))!, $"{Path.GetFileName(path)}.{key}.optimized");
        return OpenKept(kept, options) ?? OpenAndKeep(path, kept, options);
    }

    private InferenceSession? OpenKept(string kept, SessionOptions options)
    {
        if (!File.Exists(kept))
        {
            return null;
        }

        try
        {
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
            InferenceSession session = new(kept, options);
            LogMessages.OptimizedGraphUsed(logger, kept);
            return session;
        }
        catch (OnnxRuntimeException e)
        {
            // Half a file of a machine that went down, or something else's.
            LogMessages.OptimizedGraphUnusable(logger, kept, SessionFactory.Reason(e.Message));
            return null;
        }
    }

    private InferenceSession OpenAndKeep(string path, string kept, SessionOptions options)
    {
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
        string partial = $"{kept}.{Environment.ProcessId}-{Guid.NewGuid():N}";
        try
        {
            File.WriteAllBytes(partial, []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogMessages.CacheNotWritable(logger, kept, e.Message);
            return new InferenceSession(path, options);
        }

        try
        {
            options.OptimizedModelFilePath = partial;
            InferenceSession session = new(path, options);
            File.Move(partial, kept, overwrite: true);
            LogMessages.OptimizedGraphKept(logger, kept);
            return session;
        }
        finally
        {
            options.OptimizedModelFilePath = "";
            File.Delete(partial);
        }
    }

    // The optimizer lays weights out for the instructions of the processor. Null for a model whose weights are in other files: those belong
    // to what an optimized graph would be made of, and are found from the model's own place only.
    private static string? Key(string path, SessionRecipe recipe, IReadOnlyList<ExecutionProvider> providers)
    {
        using FileStream model = File.OpenRead(path);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[ChunkBytes];
        int carried = 0;
        while (model.ReadAtLeast(buffer.AsSpan(carried), 1, throwOnEndOfStream: false) is > 0 and var read)
        {
            hash.AppendData(buffer, carried, read);
            ReadOnlySpan<byte> seen = buffer.AsSpan(0, carried + read);
            if (seen.IndexOf(ExternalWeights) >= 0)
            {
                return null;
            }

            // The mark may lie across two chunks.
            carried = Math.Min(ExternalWeights.Length - 1, seen.Length);
            seen[^carried..].CopyTo(buffer);
        }

        string machine = $"{Avx2.IsSupported}{Avx512F.IsSupported}{RuntimeInformation.ProcessArchitecture}";
        string settings = $"{OrtEnv.Instance().GetVersionString()};{string.Join(',', providers)};{recipe.Precision};{machine}";
        hash.AppendData(Encoding.UTF8.GetBytes(settings));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
