namespace ModelOperator.Server.Tests.Execution;

/// <summary>
/// A microsecond passes each time somebody looks: what happens one after the other has different times, and no machine is too busy for it.
/// </summary>
internal sealed class LogicalTime : TimeProvider
{
    private long _last;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>What the next one who looks will see.</summary>
    public TimeSpan Next => TimeSpan.FromTicks(Volatile.Read(ref _last) + TimeSpan.TicksPerMicrosecond);

    public override long GetTimestamp() => Interlocked.Add(ref _last, TimeSpan.TicksPerMicrosecond);
}
