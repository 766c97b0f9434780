namespace ModelOperator.Server.Statistics;

/// <summary>
/// How HTTP requests of clients ended, by status; those whose client was gone before an answer are under <see cref="Gone"/>.
/// </summary>
internal sealed class HttpStatistics
{
    /// <summary>What proxies log for a client that went away.</summary>
    public const int Gone = 499;

    private const int First = 100;
    private const int End = 600;

    private readonly long[] _byStatus = new long[End - First];

    public void Ended(int status) => Interlocked.Increment(ref _byStatus[Math.Clamp(status, First, End - 1) - First]);

    /// <summary>The statuses that occurred, in order.</summary>
    public IEnumerable<(int Status, long Count)> Read()
    {
        for (int status = First; status < End; status++)
        {
            if (Volatile.Read(ref _byStatus[status - First]) is > 0 and var count)
            {
                yield return (status, count);
            }
        }
    }
}
