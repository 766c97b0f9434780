using System.Runtime.InteropServices;
using Microsoft.Extensions.ObjectPool;

namespace ModelOperator.Server.Execution;

/// <summary>Objects that are used again and again, one kept for each processor, where no other one looks, and more of them for all.</summary>
internal sealed class PerProcessor<T>(ObjectPool<T> others)
    where T : class
{
    private readonly Place[] _places = new Place[Environment.ProcessorCount];

    public T Get() => Interlocked.Exchange(ref Local, null) ?? others.Get();

    public void Return(T unused)
    {
        if (Interlocked.Exchange(ref Local, unused) is { } earlier)
        {
            others.Return(earlier);
        }
    }

    /// <summary>Takes out what is kept for the processors.</summary>
    public IEnumerable<T> Clear()
    {
        for (int i = 0; i < _places.Length; i++)
        {
            if (Interlocked.Exchange(ref _places[i].Unused, null) is { } unused)
            {
                yield return unused;
            }
        }
    }

    private ref T? Local => ref _places[Thread.GetCurrentProcessorId() % _places.Length].Unused;

    // Each on cache lines of its own.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Place
    {
        public T? Unused;
    }
}
