using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelOperator.Server.Execution;

/// <summary>
/// The functions of ONNX Runtime's C API that a run needs. The managed API reads string tensors only as valid text, and BYTES may hold
/// anything; and it allocates names, arrays and wrappers for every run, which costs a small model more than its computation.
/// </summary>
internal static unsafe partial class OrtNative
{
    /// <summary>The newest version of the API used here; the order of its functions never changes.</summary>
    private const uint ApiVersion = 24;

    private static readonly OrtApi* Api = Load();

    /// <summary>The native object behind an InferenceSession; it lives as long as that.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Handle")]
    public static extern nint Handle(InferenceSession session);

    public static void Run(
        nint session, nint runOptions, nint* inputNames, nint* inputs, int inputCount, nint* outputNames, nint* outputs, int outputCount) =>
        Check(((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)Api->Run)(
            session, runOptions, inputNames, inputs, (nuint)inputCount, outputNames, (nuint)outputCount, outputs));

    /// <summary>A tensor on memory that stays the caller's.</summary>
    public static nint CreateTensor(nint memoryInfo, nint data, nuint bytes, ReadOnlySpan<long> shape, TensorElementType type)
    {
        nint value;
        fixed (long* dimensions = shape)
        {
            Check(((delegate* unmanaged<nint, nint, nuint, long*, nuint, int, nint*, nint>)Api->CreateTensorWithDataAsOrtValue)(
                memoryInfo, data, bytes, dimensions, (nuint)shape.Length, (int)type, &value));
        }

        return value;
    }

    /// <summary>A tensor of empty strings.</summary>
    public static nint CreateStrings(ReadOnlySpan<long> shape)
    {
        nint allocator, value;
        Check(((delegate* unmanaged<nint*, nint>)Api->GetAllocatorWithDefaultOptions)(&allocator));
        fixed (long* dimensions = shape)
        {
            Check(((delegate* unmanaged<nint, long*, nuint, int, nint*, nint>)Api->CreateTensorAsOrtValue)(
                allocator, dimensions, (nuint)shape.Length, (int)TensorElementType.String, &value));
        }

        return value;
    }

    /// <summary>Sets one string of a tensor.</summary>
    public static void SetString(nint value, int index, ReadOnlySpan<byte> text)
    {
        byte* buffer;
        Check(((delegate* unmanaged<nint, nuint, nuint, byte**, nint>)Api->GetResizedStringTensorElementBuffer)(
            value, (nuint)index, (nuint)text.Length, &buffer));
        text.CopyTo(new Span<byte>(buffer, text.Length));
    }

    /// <summary>The bytes of all strings of a tensor together.</summary>
    public static int StringsLength(nint value)
    {
        nuint length;
        Check(((delegate* unmanaged<nint, nuint*, nint>)Api->GetStringTensorDataLength)(value, &length));
        return checked((int)length);
    }

    /// <summary>Copies all strings of a tensor, one after the other, and where each begins.</summary>
    public static void CopyStrings(nint value, Span<byte> text, Span<nuint> starts)
    {
        fixed (byte* bytes = text)
        fixed (nuint* offsets = starts)
        {
            Check(((delegate* unmanaged<nint, byte*, nuint, nuint*, nuint, nint>)Api->GetStringTensorContent)(
                value, bytes, (nuint)text.Length, offsets, (nuint)starts.Length));
        }
    }

    /// <summary>The element type and shape of a tensor; the shape is void with the tensor.</summary>
    public static TensorElementType Describe(nint value, out ReadOnlySpan<long> shape)
    {
        int type;
        long* dimensions;
        nuint rank;
        Check(((delegate* unmanaged<nint, int*, long**, nuint*, nint>)Api->GetTensorElementTypeAndShapeDataReference)(
            value, &type, &dimensions, &rank));
        shape = new ReadOnlySpan<long>(dimensions, (int)rank);
        return (TensorElementType)type;
    }

    /// <summary>Where the elements of a tensor lie.</summary>
    public static nint Data(nint value)
    {
        nint data;
        Check(((delegate* unmanaged<nint, nint*, nint>)Api->GetTensorMutableData)(value, &data));
        return data;
    }

    public static void Release(nint value) => ((delegate* unmanaged<nint, void>)Api->ReleaseValue)(value);

    public static nint CreateRunOptions()
    {
        nint options;
        Check(((delegate* unmanaged<nint*, nint>)Api->CreateRunOptions)(&options));
        return options;
    }

    public static void ReleaseRunOptions(nint options) => ((delegate* unmanaged<nint, void>)Api->ReleaseRunOptions)(options);

    /// <summary>Ends the run that has these options at its next operator.</summary>
    public static void Terminate(nint options) => Check(((delegate* unmanaged<nint, nint>)Api->RunOptionsSetTerminate)(options));

    /// <summary>Lets these options be used for another run.</summary>
    public static void Unterminate(nint options) => Check(((delegate* unmanaged<nint, nint>)Api->RunOptionsUnsetTerminate)(options));

    /// <summary>
    /// Of each part of the graph that went to one execution provider: that provider's name and how many nodes there are in it.
    /// </summary>
    public static List<(string Provider, int Nodes)> Assignments(nint session)
    {
        nint* parts;
        nuint count;
        Check(((delegate* unmanaged<nint, nint**, nuint*, nint>)Api->Session_GetEpGraphAssignmentInfo)(session, &parts, &count));
        List<(string, int)> assignments = new((int)count);
        for (nuint i = 0; i < count; i++)
        {
            byte* name;
            nint* nodes;
            nuint nodeCount;
            Check(((delegate* unmanaged<nint, byte**, nint>)Api->EpAssignedSubgraph_GetEpName)(parts[i], &name));
            Check(((delegate* unmanaged<nint, nint**, nuint*, nint>)Api->EpAssignedSubgraph_GetNodes)(parts[i], &nodes, &nodeCount));
            assignments.Add((Marshal.PtrToStringUTF8((nint)name) ?? "", (int)nodeCount));
        }

        return assignments;
    }

    private static void Check(nint status)
    {
        if (status != 0)
        {
            Throw(status);
        }
    }

    private static void Throw(nint status)
    {
        string message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Api->GetErrorMessage)(status)) ?? "unknown failure";
        ((delegate* unmanaged<nint, void>)Api->ReleaseStatus)(status);
        throw new OrtCallException(message);
    }

    private static OrtApi* Load()
    {
        // The managed API loads the library and sets up the process's environment, without which no function works.
        _ = OrtEnv.Instance();
        OrtApi* api = ((delegate* unmanaged<uint, OrtApi*>)GetApiBase()->GetApi)(ApiVersion);
        return api != null ? api : throw new InvalidOperationException(
            $"ONNX Runtime {OrtEnv.Instance().GetVersionString()} is too old, expected 1.{ApiVersion} or newer");
    }

    [LibraryImport("onnxruntime", EntryPoint = "OrtGetApiBase")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial OrtApiBase* GetApiBase();
}
