using System.Runtime.InteropServices;

namespace ModelOperator.Server.Execution;

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
