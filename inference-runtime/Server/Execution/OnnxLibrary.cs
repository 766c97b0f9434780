using Microsoft.ML.OnnxRuntime;

namespace ModelOperator.Server.Execution;

/// <summary>The native library of ONNX Runtime.</summary>
internal static class OnnxLibrary
{
    /// <summary>
    /// Loads it on another thread: it is tens of megabytes, and the web server can be put together meanwhile. A failure is told by the first who uses it.
    /// </summary>
    public static void StartLoading()
    {
        // Before there is another thread: changing a process's environment is not for two at once.
        OnnxTelemetry.TurnOff();
        _ = Task.Run(static () => OrtEnv.Instance()).ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
    }
}
