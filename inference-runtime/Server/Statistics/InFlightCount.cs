namespace ModelOperator.Server.Statistics;

/// <summary>How many are somewhere. All cores come and go with every request, and none of them writes where another one does.</summary>
internal sealed class InFlightCount
{
    private const int Entered = 0;
    private const int Left = 1;

    private readonly StripedCounters _counters = new(2);

    /// <summary>Those who are there; 0 only if at one moment nobody was.</summary>
    public long Count
    {
        get
        {
            // In this order: who is counted as having left is then counted as having entered too.
            long left = _counters.Sum(Left);
            return _counters.Sum(Entered) - left;
        }
    }

    public void Enter() => _counters.Add(Entered, 1);

    public void Leave() => _counters.Add(Left, 1);
}
