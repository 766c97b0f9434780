namespace ModelOperator.Router.Routing;

/// <summary>
/// A pod and what this router knows of it at this moment: requests in flight, and whether connecting to it failed of late.
/// One instance lives as long as the pod, over all snapshots.
/// </summary>
internal sealed class PodEndpoint(string name, string uid, string revision, string address, bool isWarm = false)
{
    private static readonly TimeSpan FirstEjection = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestEjection = TimeSpan.FromSeconds(10);

    private int _inFlight;
    private int _failures;
    private long _ejectedUntil = long.MinValue;

    public string Name { get; } = name;
    public string Uid { get; } = uid;
    public string Revision { get; } = revision;
    public string Address { get; } = address;

    /// <summary>Prefix of its URLs.</summary>
    public string BaseAddress { get; } = $"http://{address}";

    public WarmUp WarmUp { get; } = new(isWarm);

    public int InFlight => Volatile.Read(ref _inFlight);

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    public bool IsEjected(TimeProvider timeProvider) => Volatile.Read(ref _ejectedUntil) > timeProvider.GetTimestamp();

    /// <summary>Takes the pod out of choice for a while: one second, twice as long with each failure in a row.</summary>
    public void Eject(TimeProvider timeProvider)
    {
        int count = Math.Min(Interlocked.Increment(ref _failures), 8);
        TimeSpan time = FirstEjection * Math.Pow(2, count - 1);
        if (time > LongestEjection)
        {
            time = LongestEjection;
        }

        Volatile.Write(ref _ejectedUntil, timeProvider.GetTimestamp() + (long)(time.TotalSeconds * timeProvider.TimestampFrequency));
    }

    /// <summary>It answered: failures start from none.</summary>
    public void Recovered()
    {
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }
}
