using System.Numerics;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

/// <summary>
/// One part of the predictions kept, under its own lock: a ring of requests by age, chains of them by key, and a ring of the predictions of
/// batches. A request costs no allocation: the rings have their full size from the start, and the system gives them memory when they are
/// first written to.
/// </summary>
internal sealed class PredictionPart
{
    private const int None = -1;

    /// <summary>What a batch takes of the ring of values besides its predictions: the width of its rows.</summary>
    private const int HeaderLength = 1;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly Entry[] _entries;

    /// <summary>First entries of the chains, plus one, so that memory as it comes is a table without any.</summary>
    private readonly int[] _heads;
    private readonly long[] _values;
    private int _oldest;
    private int _count;
    private int _nextValue;
    private int _kept;

    public PredictionPart(int capacity)
    {
        _capacity = capacity;
        _entries = new Entry[capacity];
        // Chains of one or two when all is full.
        _heads = new int[Math.Max(1, BitOperations.RoundUpToPowerOf2((uint)capacity) / 2)];
        // At most every second prediction has a header before it, since a batch has two or more.
        _values = new long[checked(capacity + (capacity / 2 * HeaderLength))];
    }

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

    public void Remember(ulong key, ReadOnlySpan<long> predictions, int width)
    {
        int cost = Math.Max(1, predictions.Length);
        if (cost > _capacity)
        {
            // One that would push out everything else is not worth keeping.
            return;
        }

        lock (_lock)
        {
            while (_kept + cost > _capacity)
            {
                DropOldest();
            }

            if (Find(key) is var earlier and not None)
            {
                Unlink(earlier);
            }

            int slot = Wrap(_oldest + _count, _entries.Length);
            _entries[slot] = new Entry
            {
                Key = key,
                Count = predictions.Length,
                Value = predictions.Length switch
                {
                    0 => 0,
                    1 => predictions[0],
                    _ => Store(predictions, width),
                },
            };
            Link(slot);
            _count++;
            _kept += cost;
        }
    }

    /// <summary>Holds a truth against what was predicted; null when the request is not known (any more).</summary>
    public Judgement? Judge(ulong key, JudgedTruth truth)
    {
        lock (_lock)
        {
            int slot = Find(key);
            if (slot == None)
            {
                return null;
            }

            ref Entry entry = ref _entries[slot];
            int width = Width(ref entry);
            if (entry.IsSettled)
            {
                return Settled(ref entry, width, duplicate: true);
            }

            if (!truth.Fits(entry.Count, width))
            {
                return Unjudged(ref entry, width);
            }

            Settle(ref entry, Compare(ref entry, width, truth));
            return Settled(ref entry, width, duplicate: false);
        }
    }

    /// <summary>Takes what somebody says of the predictions; null when the request is not known (any more).</summary>
    public Judgement? Settle(ulong key, Outcomes outcomes, bool ofWholeRequest)
    {
        lock (_lock)
        {
            int slot = Find(key);
            if (slot == None)
            {
                return null;
            }

            ref Entry entry = ref _entries[slot];
            int width = Width(ref entry);
            if (entry.IsSettled)
            {
                return Settled(ref entry, width, duplicate: true);
            }

            if (!ofWholeRequest && entry.Count > 0 && outcomes.Correct + outcomes.Incorrect != entry.Count / width)
            {
                return Unjudged(ref entry, width);
            }

            Settle(ref entry, outcomes);
            return Settled(ref entry, width, duplicate: false);
        }
    }

    private static int Wrap(int index, int length) => index < length ? index : index - length;

    private static Judgement Unjudged(ref Entry entry, int width) => new(entry.Count, width, 0, 0, Duplicate: false, Counted: false);

    private Judgement Settled(ref Entry entry, int width, bool duplicate)
    {
        long outcome = OutcomeOf(ref entry);
        return new Judgement(entry.Count, width, (int)(outcome >> 32), (int)outcome, duplicate, Counted: true);
    }

    private void Settle(ref Entry entry, Outcomes outcomes)
    {
        OutcomeOf(ref entry) = ((long)outcomes.Correct << 32) | (uint)outcomes.Incorrect;
        entry.IsSettled = true;
    }

    // What was predicted is not needed any more once it is judged; its place takes what came of it.
    private ref long OutcomeOf(ref Entry entry)
    {
        if (entry.Count > 1)
        {
            return ref ValueOf(ref entry, 0);
        }

        return ref entry.Value;
    }

    private int Width(ref Entry entry) => entry.Count > 1 ? (int)_values[entry.Value] : 1;

    private ref long ValueOf(ref Entry batch, int index) => ref _values[Wrap((int)batch.Value + HeaderLength + index, _values.Length)];

    private Outcomes Compare(ref Entry entry, int width, JudgedTruth truth)
    {
        if (entry.Count == 1)
        {
            return truth.Matches(0, entry.Value) ? new Outcomes(1, 0) : new Outcomes(0, 1);
        }

        int correct = 0;
        for (int row = 0; row < entry.Count; row += width)
        {
            bool right = true;
            for (int i = row; i < row + width; i++)
            {
                right &= truth.Matches(i, ValueOf(ref entry, i));
            }

            correct += right ? 1 : 0;
        }

        return new Outcomes(correct, (entry.Count / width) - correct);
    }

    /// <summary>Puts a batch into the ring of values, over those that were dropped; where it begins.</summary>
    private int Store(ReadOnlySpan<long> predictions, int width)
    {
        int start = _nextValue;
        _values[start] = width;
        int next = Wrap(start + HeaderLength, _values.Length);
        int first = Math.Min(predictions.Length, _values.Length - next);
        predictions[..first].CopyTo(_values.AsSpan(next));
        predictions[first..].CopyTo(_values);
        _nextValue = Wrap(next + predictions.Length, _values.Length);
        return start;
    }

    private void DropOldest()
    {
        ref Entry entry = ref _entries[_oldest];
        if (!entry.IsReplaced)
        {
            Unlink(_oldest);
        }

        _kept -= Math.Max(1, entry.Count);
        _oldest = Wrap(_oldest + 1, _entries.Length);
        _count--;
    }

    private int Find(ulong key)
    {
        int slot = Head(key) - 1;
        while (slot != None && _entries[slot].Key != key)
        {
            slot = _entries[slot].Next - 1;
        }

        return slot;
    }

    private void Link(int slot)
    {
        ref int head = ref Head(_entries[slot].Key);
        _entries[slot].Next = head;
        head = slot + 1;
    }

    private void Unlink(int slot)
    {
        ref int link = ref Head(_entries[slot].Key);
        while (link != slot + 1)
        {
            link = ref _entries[link - 1].Next;
        }

        link = _entries[slot].Next;
        _entries[slot].IsReplaced = true;
    }

    private ref int Head(ulong key) => ref _heads[(int)(key & (uint)(_heads.Length - 1))];

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public ulong Key;

        /// <summary>Of a batch, where it begins in the ring of values. Else the one prediction, and once it is judged what came of it.</summary>
        public long Value;

        /// <summary>Predictions, and in the sign whether they are judged.</summary>
        private int _count;

        /// <summary>The next entry of the same chain, plus one; of one that a newer request replaced, the mark of that.</summary>
        public int Next;

        public int Count
        {
            readonly get => _count & int.MaxValue;
            init => _count = value;
        }

        public bool IsSettled
        {
            readonly get => _count < 0;
            set => _count = value ? _count | int.MinValue : Count;
        }

        public bool IsReplaced
        {
            readonly get => Next < 0;
            set => Next = value ? -1 : 0;
        }
    }
}
