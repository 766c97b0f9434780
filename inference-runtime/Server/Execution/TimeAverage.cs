namespace ModelOperator.Server.Execution;

/// <summary>The average over the time of a number that changes, in which the past counts the less the longer ago it is. The caller locks.</summary>
internal sealed class TimeAverage
{
    private TimeSpan _until;

    public double Value { get; private set; }

    /// <summary>Goes on to a point in time.</summary>
    /// <param name="number">What the number was since the last one.</param>
    /// <param name="now">That point.</param>
    /// <param name="memory">After so long a time what was before counts for a third.</param>
    public void Pass(double number, TimeSpan now, TimeSpan memory)
    {
        Value = number + ((Value - number) * Math.Exp(-((now - _until) / memory)));
        _until = now;
    }
}
