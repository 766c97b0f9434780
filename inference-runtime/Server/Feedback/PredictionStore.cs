using System.Buffers;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Feedback;

/// <summary>
/// The last predictions by request id, so that the truth can be held against them when it comes. Bounded by the number of predictions kept:
/// the oldest requests go first. Split into parts by id, so that requests seldom wait for one another. Ids are kept as hashes under a key that is
/// this process's secret, so that each takes the same room and nobody can make two meet.
/// </summary>
internal sealed class PredictionStore
{
    private const int PartCount = 16;
    private const int OnStack = 64;
    private readonly SipHash _hash = SipHash.Random();
    private readonly PredictionPart[] _parts;

    public PredictionStore(int capacity)
    {
        int perPart = Math.Max(1, capacity / PartCount);
        _parts = [.. Enumerable.Range(0, PartCount).Select(_ => new PredictionPart(perPart))];
    }

    /// <summary>Predictions kept.</summary>
    public int Count => _parts.Sum(p => p.Count);

    /// <summary>Keeps what was predicted for a request; a newer request of the same id takes the place of the older one.</summary>
    /// <param name="model">The model asked.</param>
    /// <param name="id">Id of the request.</param>
    /// <param name="reader">Reads the predictions; null keeps the id alone, for feedback that brings its own outcome.</param>
    /// <param name="result">What the model computed.</param>
    public void Remember(string model, string id, PredictionReader? reader, InferResult result)
    {
        if (reader is not null)
        {
            foreach (ResultTensor output in result.Computed)
            {
                if (output.Name == reader.OutputName)
                {
                    Remember(model, id, reader, output);
                    return;
                }
            }
        }

        Remember(model, id, [], width: 1);
    }

    /// <summary>Keeps predictions.</summary>
    public void Remember(string model, string id, ReadOnlySpan<long> predictions, int width)
    {
        ulong key = Key(model, id);
        Part(key).Remember(key, predictions, width);
    }

    /// <summary>Holds the truth against what was predicted; null when the request is not known (any more).</summary>
    public Judgement? Judge(string model, string id, JudgedTruth truth)
    {
        ulong key = Key(model, id);
        return Part(key).Judge(key, truth);
    }

    /// <summary>Takes what somebody says of the predictions; null when the request is not known (any more).</summary>
    public Judgement? Settle(string model, string id, Outcomes outcomes, bool ofWholeRequest)
    {
        ulong key = Key(model, id);
        return Part(key).Settle(key, outcomes, ofWholeRequest);
    }

    private void Remember(string model, string id, PredictionReader reader, ResultTensor output)
    {
        int count = reader.Count(output.DataType, output.Shape, output.ElementCount, out int width);
        long[]? rented = count > OnStack ? ArrayPool<long>.Shared.Rent(count) : null;
        Span<long> predictions = (rented ?? stackalloc long[OnStack])[..count];
        if (count > 0)
        {
            reader.Read(output.Data, output.ElementCount, predictions);
        }

        Remember(model, id, predictions, width);
        if (rented is not null)
        {
            ArrayPool<long>.Shared.Return(rented);
        }
    }

    private ulong Key(string model, string id) => _hash.Of(id) ^ (_hash.Of(model) * 31);

    // The lower bits choose a chain within the part.
    private PredictionPart Part(ulong key) => _parts[key >> 60];
}

/// <summary>What came of feedback on a request.</summary>
/// <param name="Predictions">Predictions kept of the request.</param>
/// <param name="Width">How many of them make a row, which is right when all of it is.</param>
/// <param name="Correct">Rows that were right.</param>
/// <param name="Incorrect">Rows that were wrong.</param>
/// <param name="Duplicate">Whether this was counted before, with the counts given here.</param>
/// <param name="Counted">Whether the feedback fitted; if not, nothing was counted.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Judgement(int Predictions, int Width, int Correct, int Incorrect, bool Duplicate, bool Counted);
