using Microsoft.ML.OnnxRuntime;
using ModelOperator.Server.Execution;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelOperator.BenchmarkLimits.Loop;

/// <summary>ONNX Runtime with nothing around it: sessions, and one caller for each thread that runs them.</summary>
internal sealed class Bare : IDisposable
{
    private readonly List<InferenceSession> _sessions = [];

    public Bare(BareOptions options)
    {
        OnnxTelemetry.TurnOff();
        for (int i = 0; i < options.Callers; i++)
        {
            if (i == 0 || options.SessionEach)
            {
                using SessionOptions session = NewOptions(options);
                _sessions.Add(new InferenceSession(options.Model, session));
            }

            Callers.Add(new BareCaller(_sessions[^1], options));
        }
    }

    public List<BareCaller> Callers { get; } = [];

    /// <summary>Ends profiling; the file it wrote.</summary>
    public string EndProfiling() => _sessions[0].EndProfiling();

    public void Dispose()
    {
        Callers.ForEach(c => c.Dispose());
        _sessions.ForEach(s => s.Dispose());
    }

    private static SessionOptions NewOptions(BareOptions options)
    {
        SessionOptions session = new()
        {
            IntraOpNumThreads = options.Threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        session.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
        if (options.Profile is { } prefix)
        {
            // In this order: turning it on takes the prefix as it is then.
            session.ProfileOutputPathPrefix = prefix;
            session.EnableProfiling = true;
        }

        if (options.Cuda)
        {
            using OrtCUDAProviderOptions cuda = new();
            session.AppendExecutionProvider_CUDA(cuda);
        }

        return session;
    }
}
