using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOperator.Server.Models;

/// <summary>
/// Opens a model on the first of the wished execution providers that works. Nodes that a GPU provider does not know run on the CPU, as
/// always in ONNX Runtime; what never happens is that a model asked to run on a GPU quietly runs on the CPU alone.
/// </summary>
internal sealed class SessionFactory(int threads, ILogger logger)
{
    public InferenceSession Open(string path, IReadOnlyList<ExecutionProvider> wished, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new TerminatingException(FailureReasons.ModelNotFound, $"there is no model at {path}");
        }

        OnnxTelemetry.TurnOff();
        List<ExecutionProvider> remaining = [.. wished];
        List<string> failures = [];
        while (remaining.Count > 0)
        {
            try
            {
                return Open(path, remaining, failures, cancellationToken);
            }
            catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (OnnxRuntimeException e) when (remaining[0] == ExecutionProvider.Cpu)
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
            using SessionOptions options = NewOptions();
            using InferenceSession probe = new(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw Invalid(path, e);
        }

        throw new TerminatingException(
            FailureReasons.ProviderUnavailable,
            $"none of the execution providers {string.Join(", ", wished.Select(p => p.Name()))} works here: {string.Join("; ", failures)}");
    }

    /// <summary>ONNX Runtime's message in one line of readable length.</summary>
    internal static string Reason(OnnxRuntimeException e)
    {
        string line = e.Message.ReplaceLineEndings(" ").Trim();
        return line.Length <= 400 ? line : line[..400] + "...";
    }

    private InferenceSession Open(string path, List<ExecutionProvider> providers, List<string> failures, CancellationToken cancellationToken)
    {
        using SessionOptions options = NewOptions();
        foreach (ExecutionProvider provider in providers.ToArray())
        {
            try
            {
                provider.AddTo(options);
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

        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static o => ((SessionOptions)o!).SetLoadCancellationFlag(true), options);
        InferenceSession session = new(path, options);
        LogMessages.SessionOpened(logger, string.Join(", ", providers.Select(p => p.Name())), threads);
        return session;
    }

    private void LeaveOut(ExecutionProvider provider, OnnxRuntimeException e, List<string> failures)
    {
        string reason = Reason(e) + provider.Hint();
        LogMessages.ProviderLeftOut(logger, provider.Name(), reason);
        failures.Add($"{provider.Name()}: {reason}");
    }

    private SessionOptions NewOptions()
    {
        SessionOptions options = new()
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Threads that spin while they wait use up the CPU share that a container is limited to.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        return options;
    }

    private static TerminatingException Invalid(string path, OnnxRuntimeException e) =>
        new(FailureReasons.ModelInvalid, $"{Path.GetFileName(path)} is not a model that ONNX Runtime can load: {Reason(e)}", e);
}
