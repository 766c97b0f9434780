using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Feedback;

/// <summary>
/// The last predictions by request id, so that feedback can be compared with them when it comes. Bounded by the number of predictions kept:
/// the oldest requests go first. Ids are kept as hashes under a key that is this process's secret, so that each takes the same room and
/// nobody can make two meet.
/// </summary>
internal sealed class PredictionStore(int capacity)
{
    private const int OnStack = 64;

    private readonly SipHash _hash = SipHash.Random();
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Prediction> _byKey = [];
    private readonly Queue<(ulong Key, int Number, int Cost)> _byAge = [];
    private int _next;
    private int _kept;

    /// <summary>Predictions kept. A request without any counts as one, because it takes room too.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _kept;
            }
        }
    }

    /// <summary>Keeps what was predicted for a request; a newer request of the same id takes the place of the older one.</summary>
    /// <param name="model">The model asked.</param>
    /// <param name="id">Id of the request.</param>
    /// <param name="reader">Reads the predictions; null keeps the id alone, for feedback that brings its own outcome.</param>
    /// <param name="result">What the model computed.</param>
    /// <returns>How many of them there are that can be right or wrong.</returns>
    public int Remember(string model, string id, PredictionReader? reader, InferResult result)
    {
        if (reader is not null)
        {
            foreach (ResultTensor output in result.Computed)
            {
                if (output.Name == reader.OutputName)
                {
                    return Remember(model, id, reader, output);
                }
            }
        }

        Remember(model, id, [], width: 1);
        return 1;
    }

    /// <summary>Keeps predictions.</summary>
    public void Remember(string model, string id, ReadOnlySpan<long> predictions, int width)
    {
        int cost = Math.Max(1, predictions.Length);
        if (cost > capacity)
        {
            // One that would push out everything else is not worth keeping.
            return;
        }

        ulong key = Key(model, id);
        lock (_lock)
        {
            while (_kept + cost > capacity)
            {
                DropOldest();
            }

            _byAge.Enqueue((key, _next, cost));
            _byKey[key] = new Prediction(_next, predictions, width);
            _next++;
            _kept += cost;
        }
    }

    /// <summary>Compares the truth with what was predicted; null when the request is not known (any more).</summary>
    public Judgement? Judge(string model, string id, JudgedTruth truth) =>
        Settle(Key(model, id), (in Prediction prediction) => prediction.Compare(truth));

    /// <summary>Takes what somebody says of the predictions; null when the request is not known (any more).</summary>
    public Judgement? Settle(string model, string id, Outcomes outcomes, bool ofWholeRequest) =>
        Settle(Key(model, id), (in Prediction prediction) =>
            ofWholeRequest || prediction.Count == 0 || outcomes.Correct + outcomes.Incorrect == prediction.Count / prediction.Width
                ? outcomes
                : null);

    private Judgement? Settle(ulong key, Judging judge)
    {
        lock (_lock)
        {
            ref Prediction prediction = ref CollectionsMarshal.GetValueRefOrNullRef(_byKey, key);
            if (Unsafe.IsNullRef(ref prediction))
            {
                return null;
            }

            bool duplicate = prediction.Outcomes is not null;
            if (!duplicate)
            {
                if (judge(in prediction) is not { } judged)
                {
                    return new Judgement(prediction.Count, prediction.Width, 0, 0, Duplicate: false, Counted: false);
                }

                prediction.Settle(judged);
            }

            Outcomes outcomes = prediction.Outcomes!.Value;
            return new Judgement(prediction.Count, prediction.Width, outcomes.Correct, outcomes.Incorrect, duplicate, Counted: true);
        }
    }

    private void DropOldest()
    {
        (ulong key, int number, int cost) = _byAge.Dequeue();
        _kept -= cost;
        // A newer request may have the same id.
        if (_byKey.TryGetValue(key, out Prediction prediction) && prediction.Number == number)
        {
            _byKey.Remove(key);
        }
    }

    private int Remember(string model, string id, PredictionReader reader, ResultTensor output)
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

        return Math.Max(1, count / width);
    }

    private ulong Key(string model, string id) => _hash.Of(id) ^ (_hash.Of(model) * 31);

    /// <summary>What came of a prediction; null when the feedback does not fit it.</summary>
    private delegate Outcomes? Judging(in Prediction prediction);

    /// <summary>Most requests have one prediction, which costs no object. Once it is judged, what came of it takes its place.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Prediction(int number, ReadOnlySpan<long> predictions, int width)
    {
        private readonly Batch? _batch = predictions.Length > 1 ? new Batch(predictions.ToArray(), width) : null;
        private readonly bool _isEmpty = predictions.IsEmpty;
        private long _value = predictions.Length == 1 ? predictions[0] : 0;
        private bool _isSettled;

        public readonly int Number => number;

        public readonly int Count => _batch?.Values.Length ?? (_isEmpty ? 0 : 1);

        public readonly int Width => _batch?.Width ?? 1;

        public readonly Outcomes? Outcomes => _isSettled ? new Outcomes((int)(_value >> 32), (int)_value) : null;

        public void Settle(Outcomes outcomes) => (_isSettled, _value) = (true, ((long)outcomes.Correct << 32) | (uint)outcomes.Incorrect);

        public readonly Outcomes? Compare(JudgedTruth truth)
        {
            if (truth.Judge(_batch is not null ? _batch.Values : _isEmpty ? [] : [_value], Width) is not { } right)
            {
                return null;
            }

            int correct = right.Count(r => r);
            return new Outcomes(correct, right.Length - correct);
        }
    }

    private sealed record Batch(long[] Values, int Width);
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
