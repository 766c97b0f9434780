namespace ModelOperator.Server.Statistics;

/// <summary>How HTTP requests of clients ended, by status; those whose client was gone before an answer are under <see cref="Gone"/>.</summary>
internal sealed class HttpStatistics
{
    /// <summary>What proxies log for a client that went away.</summary>
    public const int Gone = 499;

    private const int First = 100;
    private const int End = 600;

    private readonly StripedCounters _byStatus = new(End - First);

    public void Ended(int status) => _byStatus.Add(Math.Clamp(status, First, End - 1) - First, 1);

    /// <summary>The statuses that occurred, in order.</summary>
    public IEnumerable<(int Status, long Count)> Read()
    {
        for (int status = First; status < End; status++)
        {
            if (_byStatus.Sum(status - First) is > 0 and var count)
            {
                yield return (status, count);
            }
        }
    }
}
