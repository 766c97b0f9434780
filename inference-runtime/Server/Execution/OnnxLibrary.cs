using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ModelOperator.Server.Execution;

/// <summary>The native library of ONNX Runtime.</summary>
internal static class OnnxLibrary
{
    /// <summary>
    /// Loads it on another thread: it is tens of megabytes, and the web server can be put together meanwhile. A failure is told by the
    /// first who uses it.
    /// </summary>
    public static void StartLoading()
    {
        // Before there is another thread: changing a process's environment is not for two at once.
        OnnxTelemetry.TurnOff();
        _ = Task.Run(static () => OrtEnv.Instance()).ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
    }
}

/// <summary>
/// Turns off ONNX Runtime's own telemetry before the library starts. A model server sends nothing to anybody unasked; and in 1.29 the
/// telemetry looks for a device id with a shell, and crashes the process in an image that has none (microsoft/onnxruntime#32173).
/// </summary>
internal static partial class OnnxTelemetry
{
    // The native library reads the process's own environment, which Environment.SetEnvironmentVariable does not change.
    public static void TurnOff()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetEnvironment("ORT_DISABLE_TELEMETRY", "1", 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
