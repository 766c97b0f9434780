using System.Runtime.InteropServices;

namespace ModelOperator.Server.Execution;

/// <summary>The C library's heap, which ONNX Runtime allocates on.</summary>
internal static partial class NativeHeap
{
    /// <summary>Gives freed memory back to the system: loading a model takes several times the memory that the model then needs.</summary>
    public static void Trim()
    {
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Only glibc keeps freed memory in such amounts, and only it has this function.
        }
        catch (DllNotFoundException)
        {
            // Not Linux.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nuint pad);
}
