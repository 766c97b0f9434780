namespace ModelOperator.Demo.Load;

/// <summary>
/// The rate of the load: what was asked for, and less while the machine cannot keep up. A load that goes on pressing takes the last of the
/// cores from the very programs that should answer it.
/// </summary>
public sealed class Pace
{
    private const double Least = 5;
    private const double Slowing = 0.8;
    private const double Recovery = 0.05;
    private readonly double asked;

    public Pace(double asked) => RequestsPerSecond = this.asked = asked;

    public double RequestsPerSecond { get; private set; }

    /// <summary>Takes account of one second: so many requests were sent, and so many not although they were due.</summary>
    public void Adjust(long sent, long notSent)
    {
        bool keepsUp = notSent * 20 <= sent;
        RequestsPerSecond = keepsUp
            ? Math.Min(asked, RequestsPerSecond + asked * Recovery)
            : Math.Max(Math.Min(asked, Least), RequestsPerSecond * Slowing);
    }
}
