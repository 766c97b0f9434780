using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using ModelOperator.Fetch.Onnx;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOperator.Server.Execution;

/// <summary>
/// Keeps what ONNX Runtime has made of a model for this machine, so that the next start need not do it again: optimized graphs and
/// TensorRT's engines. Beside the model, or in a directory of its own; where neither can be written to every start begins anew. What is
/// kept is sealed for the very model, since others may write there too.
/// </summary>
internal sealed class OptimizedGraphs(string? directory, SealedFiles files, ILogger logger)
{
    /// <summary>Smaller models are optimized in less time than looking for the result takes.</summary>
    private const long LeastBytes = 1024 * 1024;

    /// <summary>ONNX files end at two gigabytes; weights kept in other files would have to be copied too.</summary>
    private const long MostBytes = 1500L * 1024 * 1024;

    private const int NameLength = 16;

    /// <summary>The folder for TensorRT's engines of a model; null where nothing can be kept.</summary>
    public EngineFolder? Engines(string path, SessionRecipe recipe, IReadOnlyList<ExecutionProvider> providers)
    {
        if (directory is null)
        {
            return null;
        }

        string key = Key(path, ExternalData.NamesIn(path), recipe, providers);
        return EngineFolder.Open(files, Path.Combine(directory, "tensorrt", key[..NameLength]), $"engine;{key}", logger);
    }

    /// <summary>Opens a session on the optimized graph, making that first when it is not there.</summary>
    public InferenceSession Open(string path, SessionOptions options, SessionRecipe recipe, IReadOnlyList<ExecutionProvider> providers)
    {
        long bytes = new FileInfo(path).Length;
        // What TensorRT compiles cannot be written as ONNX; it has a cache of its own. Weights in other files belong to what an optimized
        // graph would be made of, and are found from the model's own place only.
        if (bytes is < LeastBytes or > MostBytes || providers.Contains(ExecutionProvider.TensorRT) || ExternalData.NamesIn(path).Count > 0)
        {
            return new InferenceSession(path, options);
        }

        string key = Key(path, [], recipe, providers);
        string kept = Path.Combine(
            directory ?? Path.GetDirectoryName(Path.GetFullPath(path))!,
            $"{Path.GetFileName(path)}.{key[..NameLength]}.optimized");
        string own = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.optimized");
        try
        {
            return OpenKept(kept, own, $"graph;{key}", options) ?? OpenAndKeep(path, kept, own, $"graph;{key}", options);
        }
        finally
        {
            if (File.Exists(own))
            {
                File.Delete(own);
            }
        }
    }

    private InferenceSession? OpenKept(string kept, string own, string purpose, SessionOptions options)
    {
        if (!File.Exists(kept))
        {
            return null;
        }

        try
        {
            if (!files.TryRead(kept, own, purpose))
            {
                LogMessages.KeptFileUnusable(logger, kept);
                return null;
            }

            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
            InferenceSession session = new(own, options);
            LogMessages.OptimizedGraphUsed(logger, kept);
            return session;
        }
        catch (Exception e) when (e is OnnxRuntimeException or IOException or UnauthorizedAccessException)
        {
            LogMessages.OptimizedGraphUnusable(logger, kept, SessionFactory.Reason(e.Message));
            return null;
        }
    }

    private InferenceSession OpenAndKeep(string path, string kept, string own, string purpose, SessionOptions options)
    {
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
        if (!CanWrite(kept) || !CanWrite(own))
        {
            return new InferenceSession(path, options);
        }

        try
        {
            options.OptimizedModelFilePath = own;
            InferenceSession session = new(path, options);
            Keep(own, kept, purpose);
            return session;
        }
        finally
        {
            options.OptimizedModelFilePath = "";
        }
    }

    private void Keep(string own, string kept, string purpose)
    {
        try
        {
            files.Write(own, kept, purpose);
            LogMessages.OptimizedGraphKept(logger, kept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogMessages.CacheNotWritable(logger, kept, e.Message);
        }
    }

    /// <summary>Whether a file can be written beside another one: optimizing for a graph that cannot be kept takes longer.</summary>
    private bool CanWrite(string file)
    {
        string trial = $"{file}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllBytes(trial, []);
            File.Delete(trial);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogMessages.CacheNotWritable(logger, file, e.Message);
            return false;
        }
    }

    // The optimizer lays weights out for the instructions of the processor.
    private static string Key(
        string path, IReadOnlyCollection<string> weights, SessionRecipe recipe, IReadOnlyList<ExecutionProvider> providers)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) + Path.DirectorySeparatorChar;
        IEnumerable<string> beside = weights
            .Where(name => !name.Contains('\0'))
            .Select(name => Path.GetFullPath(name, folder))
            .Where(file => file.StartsWith(folder, StringComparison.Ordinal) && File.Exists(file));
        foreach (string file in beside.Prepend(path))
        {
            using FileStream stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        string machine = $"{Avx2.IsSupported}{Avx512F.IsSupported}{RuntimeInformation.ProcessArchitecture}";
        string settings = $"{OrtEnv.Instance().GetVersionString()};{string.Join(',', providers)};{recipe.Precision};{machine}";
        hash.AppendData(Encoding.UTF8.GetBytes(settings));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
