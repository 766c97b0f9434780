using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// Whether a difference persists, however the counts are dispersed: the squared sum of the excesses of long batches against twice the sum
/// of their squares. That is the highest value of the self-normalised martingale exp(l S - l^2 Q / 2), which no variance enters (de la
/// Peña, "A general class of exponential inequalities for martingales and ratios"); one batch, however wild, adds one half to it at most,
/// so that bursts, few and large, do not pass for a difference.
/// </summary>
public sealed record Persistence
{
    /// <summary>Most blocks in a batch: about an hour and a half at ten seconds each.</summary>
    public const int MostBlocks = 512;

    private const int LeastBlocks = 8;

    // Batches are longer than what goes on in bursts by this factor, as a power of two.
    private const int LogBursts = 1;

    // No sum of squared counts comes near.
    private const double Largest = 1e60;

    /// <summary>Blocks in a batch: longer than what goes on in bursts.</summary>
    public int BatchBlocks { get; init; } = 64;

    public int PendingBlocks { get; init; }

    public double Pending { get; init; }

    public double Sum { get; init; }

    public double SquareSum { get; init; }

    [JsonIgnore]
    internal bool IsWhole => BatchBlocks is >= LeastBlocks and <= MostBlocks && PendingBlocks >= 0 && PendingBlocks < BatchBlocks
        && Math.Abs(Pending) <= Largest && Math.Abs(Sum) <= Largest && SquareSum is >= 0 and <= Largest;

    /// <summary>Persistence where bursts last so many blocks, as a power of two.</summary>
    internal static Persistence Over(int logLengthOfBursts) =>
        new() { BatchBlocks = Math.Clamp(1 << (LogBursts + logLengthOfBursts), LeastBlocks, MostBlocks) };

    internal Persistence Add(double excess)
    {
        var next = this with { PendingBlocks = PendingBlocks + 1, Pending = Pending + excess };
        return next.PendingBlocks < BatchBlocks
            ? next
            : new Persistence
            {
                BatchBlocks = BatchBlocks,
                Sum = Sum + next.Pending,
                SquareSum = SquareSum + (next.Pending * next.Pending),
            };
    }

    /// <summary>Logarithm of the evidence that the mean is above zero, or below.</summary>
    internal double LogValue(bool above)
    {
        double sum = Sum + Pending;
        double squares = SquareSum + (Pending * Pending);
        return squares > 0 && sum > 0 == above ? sum * sum / (2 * squares) : 0;
    }
}
