namespace ModelOperator.Server.Serving;

/// <summary>
/// Limits what is in the server: requests and the bytes of bodies held in memory. Who is over a limit is told at once
/// to come again, before the model has seen anything, so that the request can go to another pod.
/// </summary>
internal sealed class Admission(ServeOptions options)
{
    // A body becomes tensors of up to four times its size, and answers need room too.
    private const int MemoryShare = 8;

    private readonly long _maxBytes = Math.Max(options.MaxBodyBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryShare);
    private int _requests;
    private long _bytes;

    /// <summary>Requests in the server.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Lets a request in until the result is disposed.</summary>
    public Entry Enter()
    {
        if (Interlocked.Increment(ref _requests) > options.MaxRequests)
        {
            Interlocked.Decrement(ref _requests);
            throw new OverloadedException($"the server is busy with {options.MaxRequests} requests, its limit");
        }

        return new Entry(this);
    }

    private void Reserve(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > _maxBytes)
        {
            Interlocked.Add(ref _bytes, -bytes);
            throw new OverloadedException("the server holds as many bytes of requests as its memory allows");
        }
    }

    /// <summary>A request in the server, and the bytes it holds.</summary>
    public sealed class Entry(Admission admission) : IDisposable
    {
        private long _bytes;

        public void Reserve(long bytes)
        {
            admission.Reserve(bytes);
            _bytes += bytes;
        }

        public void Dispose()
        {
            Interlocked.Add(ref admission._bytes, -_bytes);
            Interlocked.Decrement(ref admission._requests);
        }
    }
}
