namespace ModelOperator.Server.Execution;

/// <summary>What a run is expected to take: first what the warm-up measured, then more and more what runs took. The caller locks.</summary>
internal sealed class RunEstimate(TimeSpan measured)
{
    /// <summary>What one run counts for, as in TCP's estimate of round trips.</summary>
    private const double Weight = 0.125;

    /// <summary>What a run of another kind counts for.</summary>
    private const double OtherWeight = Weight / 8;

    /// <summary>A single run of unusual inputs must not change what is expected of the others by more.</summary>
    private const double MostOfOne = 2;

    /// <summary>Later than this share of what was expected a run is not the usual one.</summary>
    private const double Tolerance = 2;

    /// <summary>What the warm-up measured; not nothing, even where a clock is coarse.</summary>
    public TimeSpan Measured { get; } = measured > TimeSpan.Zero ? measured : new TimeSpan(1);

    public TimeSpan Expected { get; private set; } = measured;

    /// <summary>When a run should have ended, from its start.</summary>
    public TimeSpan Latest => Expected * Tolerance;

    public void Took(TimeSpan time)
    {
        TimeSpan counted = time < Expected * MostOfOne ? time : Expected * MostOfOne;
        Expected += (counted - Expected) * Weight;
    }

    /// <summary>
    /// A run of another kind ended: as long as none of this kind does, the warm-up's ratio of the two is taken for the likely one again. Else
    /// a kind that something else on the CPUs once made slow would never be tried again.
    /// </summary>
    /// <param name="other">What that kind is expected to take.</param>
    public void Follow(RunEstimate other) => Expected += ((Measured * (other.Expected / other.Measured)) - Expected) * OtherWeight;

    /// <summary>What is left of a run; of one that takes longer than any was expected to, for ever.</summary>
    public TimeSpan Remaining(TimeSpan elapsed) =>
        elapsed > Latest ? TimeSpan.MaxValue : elapsed < Expected ? Expected - elapsed : TimeSpan.Zero;
}
