using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ModelOperator.Server.Execution;

/// <summary>A session with what every run of it needs, made once. Any number of threads may run it at the same time.</summary>
internal sealed class OrtSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly Dictionary<string, nint> _names = new(StringComparer.Ordinal);

    public OrtSession(InferenceSession session, ExecutionProvider provider, SessionRecipe recipe, EngineFolder? engines)
    {
        Engines = engines;
        (_session, Provider, Device, Threads, FlushesDenormals) = (session, provider, recipe.Device, recipe.Threads, recipe.FlushDenormals);
        Handle = OrtNative.Handle(session);
        Memory = provider == ExecutionProvider.Cpu ? HostMemory.Plain() : HostMemory.PinnedFor(session, Device);
        foreach (string name in session.InputNames.Concat(session.OutputNames))
        {
            // A model may hand an input on as an output.
            _names.TryAdd(name, 0);
            _names[name] = _names[name] == 0 ? Marshal.StringToCoTaskMemUTF8(name) : _names[name];
        }
    }

    public InferenceSession Managed => _session;

    public nint Handle { get; }

    /// <summary>The first provider it was given.</summary>
    public ExecutionProvider Provider { get; }

    public int Device { get; }

    /// <summary>CPU threads that one run may use.</summary>
    public int Threads { get; }

    /// <summary>Its own threads take denormal numbers for zero; those that run it are to do so too.</summary>
    public bool FlushesDenormals { get; }

    /// <summary>Where inputs are best put.</summary>
    public HostMemory Memory { get; }

    /// <summary>Where TensorRT keeps its engines, where it does.</summary>
    public EngineFolder? Engines { get; }

    /// <summary>A name of an input or output as the C API takes it.</summary>
    public nint NativeName(string name) => _names[name];

    public void Dispose()
    {
        Memory.Dispose();
        _session.Dispose();
        Engines?.Dispose();
        foreach (nint name in _names.Values)
        {
            Marshal.FreeCoTaskMem(name);
        }
    }
}
