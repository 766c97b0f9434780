namespace ModelOperator.Server.Feedback;

/// <summary>
/// The last predictions by request id, so that the truth can be held against them when it comes. Bounded by the number of labels kept:
/// the oldest go first. Split into parts by id, so that requests seldom wait for one another.
/// </summary>
internal sealed class PredictionStore
{
    private const int PartCount = 16;
    private readonly PredictionPart[] _parts;

    public PredictionStore(int capacity)
    {
        int perPart = Math.Max(1, capacity / PartCount);
        _parts = [.. Enumerable.Range(0, PartCount).Select(_ => new PredictionPart(perPart))];
    }

    /// <summary>Labels kept.</summary>
    public int Count => _parts.Sum(p => p.Count);

    /// <summary>Keeps the labels predicted for a request; a newer request of the same id takes the place of the older one.</summary>
    public void Remember(string id, string[] labels)
    {
        if (labels.Length > 0)
        {
            Part(id).Remember(id, labels);
        }
    }

    /// <summary>Holds the truth against what was predicted; null when the request is not known (any more).</summary>
    public Judgement? Judge(string id, IReadOnlyList<string> truth) => Part(id).Judge(id, truth);

    private PredictionPart Part(string id) => _parts[(uint)string.GetHashCode(id, StringComparison.Ordinal) % PartCount];
}

/// <summary>What came of holding the truth against a prediction.</summary>
/// <param name="Predictions">Labels predicted for the request; when the truth had another number, nothing was counted.</param>
/// <param name="Correct">Labels that were right.</param>
/// <param name="Incorrect">Labels that were wrong.</param>
/// <param name="Duplicate">Whether this was counted before, with the counts given here.</param>
internal readonly record struct Judgement(int Predictions, int Correct, int Incorrect, bool Duplicate)
{
    /// <summary>Whether the truth had a label for each prediction.</summary>
    public bool Counted => Correct + Incorrect == Predictions;
}
