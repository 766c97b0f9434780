using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOperator.Server.Execution;

/// <summary>
/// Opens a model on the first of the wished execution providers that works. Nodes that a GPU provider does not know run on the CPU, as
/// always in ONNX Runtime; what never happens is that a model asked to run on a GPU quietly runs on the CPU alone.
/// </summary>
internal sealed class SessionFactory(OptimizedGraphs graphs, ILogger logger)
{
    private const int LongestReason = 450;
    private const int ReasonStart = 150;

    public OrtSession Open(string path, SessionRecipe recipe, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new TerminatingException(FailureReasons.ModelNotFound, $"there is no model at {path}");
        }

        OnnxTelemetry.TurnOff();
        List<ExecutionProvider> remaining = [.. recipe.Providers];
        List<string> failures = [];
        while (remaining.Count > 0)
        {
            try
            {
                return Open(path, recipe, remaining, failures, cancellationToken);
            }
            catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (OnnxRuntimeException e) when (remaining is [ExecutionProvider.Cpu, ..])
            {
                // The CPU provider is always there, so it is the model.
                throw Invalid(path, e);
            }
            catch (OnnxRuntimeException e)
            {
                LeaveOut(remaining[0], e, failures);
                remaining.RemoveAt(0);
            }
        }

        // A file that is not a model fails on every provider, and that is then what is wrong.
        try
        {
            using SessionOptions options = NewOptions(recipe);
            using InferenceSession probe = new(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw Invalid(path, e);
        }

        throw new TerminatingException(
            FailureReasons.ProviderUnavailable,
            $"none of the execution providers {string.Join(", ", recipe.Providers.Select(p => p.Name()))} works here: "
            + $"{string.Join("; ", failures)}");
    }

    /// <summary>
    /// ONNX Runtime's message in one line of readable length. It begins with the node and ends with the values, so the middle goes.
    /// </summary>
    internal static string Reason(string message)
    {
        string line = message.ReplaceLineEndings(" ").Trim();
        return line.Length <= LongestReason
            ? line
            : $"{line.AsSpan(0, ReasonStart)} ... {line.AsSpan(line.Length - (LongestReason - ReasonStart))}";
    }

    private OrtSession Open(
        string path, SessionRecipe recipe, List<ExecutionProvider> providers, List<string> failures, CancellationToken cancellationToken)
    {
        EngineFolder? engines = providers.Contains(ExecutionProvider.TensorRT) ? graphs.Engines(path, recipe, providers) : null;
        try
        {
            return Open(path, recipe, providers, failures, engines, cancellationToken);
        }
        catch
        {
            engines?.Dispose();
            throw;
        }
    }

    private OrtSession Open(
        string path, SessionRecipe recipe, List<ExecutionProvider> providers, List<string> failures, EngineFolder? engines,
        CancellationToken cancellationToken)
    {
        using SessionOptions options = NewOptions(recipe);
        foreach (ExecutionProvider provider in providers.ToArray())
        {
            try
            {
                provider.AddTo(options, recipe, engines?.Path);
            }
            catch (OnnxRuntimeException e)
            {
                LeaveOut(provider, e, failures);
                providers.Remove(provider);
            }
        }

        if (providers.Count == 0)
        {
            throw new TerminatingException(
                FailureReasons.ProviderUnavailable, $"none of the execution providers works here: {string.Join("; ", failures)}");
        }

        RequirePrecision(recipe, providers, failures);
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static o => ((SessionOptions)o!).SetLoadCancellationFlag(true), options);
        try
        {
            InferenceSession session = graphs.Open(path, options, recipe, providers);
            return new OrtSession(session, providers[0], recipe, engines);
        }
        finally
        {
            // The library sets the thread that opens the first session of a process to what that session's options say.
            DenormalNumbers.Keep();
        }
    }

    // Only TensorRT lowers the precision of a model by itself; to the others the model must come as it is to be computed.
    private static void RequirePrecision(SessionRecipe recipe, List<ExecutionProvider> providers, List<string> failures)
    {
        if (recipe.Precision == Precision.Fp16 && providers[0] != ExecutionProvider.TensorRT)
        {
            string why = failures.Count == 0 ? "" : $"; {string.Join("; ", failures)}";
            throw new TerminatingException(
                failures.Count == 0 ? FailureReasons.InvalidConfiguration : FailureReasons.ProviderUnavailable,
                "precision Fp16 needs TensorRT first among the execution providers, "
                + $"but the model would run on {providers[0].Name()}{why}; "
                + "on CUDA and the CPU convert the model itself to 16 bits and leave the precision as it is");
        }
    }

    private void LeaveOut(ExecutionProvider provider, OnnxRuntimeException e, List<string> failures)
    {
        string reason = Reason(e.Message) + provider.Hint();
        LogMessages.ProviderLeftOut(logger, provider.Name(), reason);
        failures.Add($"{provider.Name()}: {reason}");
    }

    private static SessionOptions NewOptions(SessionRecipe recipe)
    {
        SessionOptions options = new()
        {
            IntraOpNumThreads = recipe.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            EnableCpuMemArena = recipe.Arena,
        };
        // Threads that spin while they wait use up the CPU share that a container is limited to.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        // Weights stay for good, so that an arena would only grow by them.
        options.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        options.AddSessionConfigEntry("session.record_ep_graph_assignment_info", "1");
        options.AddSessionConfigEntry("session.set_denormal_as_zero", recipe.FlushDenormals ? "1" : "0");
        return options;
    }

    private static TerminatingException Invalid(string path, OnnxRuntimeException e) =>
        new(FailureReasons.ModelInvalid, $"{Path.GetFileName(path)} is not a model that ONNX Runtime can load: {Reason(e.Message)}", e);
}
