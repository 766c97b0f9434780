namespace ModelOperator.Demo.Load;

/// <summary>
/// Time in which this program could run. Where it got no core for longer than a moment, that moment alone counts: a limit measured in
/// this time never passes because the program itself stood still, so what is over it is the fault of those who should have answered.
/// </summary>
public sealed class RunningTime(TimeProvider time)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private long last = time.GetTimestamp();

    public TimeSpan Elapsed { get; private set; }

    public TimeSpan Stalled { get; private set; }

    /// <summary>To be called many times a moment, by what runs only when the program does. Returns the time since the last call.</summary>
    public TimeSpan Advance()
    {
        long now = time.GetTimestamp();
        var passed = time.GetElapsedTime(last, now);
        last = now;
        var counted = passed < Moment ? passed : Moment;
        Elapsed += counted;
        Stalled += passed - counted;
        return passed;
    }
}
