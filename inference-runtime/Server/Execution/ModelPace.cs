namespace ModelOperator.Server.Execution;

/// <summary>How fast a model is, as the warm-up measured it.</summary>
internal sealed class ModelPace
{
    /// <summary>Runs shorter than this are not worth the means to end them.</summary>
    private static readonly TimeSpan Endable = TimeSpan.FromMilliseconds(1);

    // Until something is measured every run may take long.
    private long _longFrom;

    /// <summary>Time of one run of the smallest inputs.</summary>
    public TimeSpan Single { get; private set; }

    public void Measured(TimeSpan single, long bytes)
    {
        Single = single;
        _longFrom = (long)(bytes * Math.Max(0, Endable / TimeSpan.FromTicks(Math.Max(single.Ticks, 1))));
    }

    /// <summary>Whether a run of so many bytes of inputs may take so long that it should end when nobody waits for it any more.</summary>
    public bool IsLong(long bytes) => bytes >= _longFrom;
}
