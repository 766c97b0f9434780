using System.Numerics;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

/// <summary>
/// One part of the predictions kept, under its own lock: a ring of requests by age, a ring of their predictions, and chains by key. A request
/// costs no allocation: the rings grow until they hold what may be kept, and then stay.
/// </summary>
internal sealed class PredictionPart(int capacity)
{
    /// <summary>Bytes of a request kept, without its predictions: its entry and its place in the table.</summary>
    public const int BytesPerRequest = 32 + sizeof(int);

    private const int None = -1;
    private readonly Lock _lock = new();
    private Entry[] _entries = new Entry[64];
    private int[] _heads = NewHeads(64);
    private long[] _values = new long[64];
    private uint _oldest;
    private uint _next;
    private uint _oldestValue;
    private uint _nextValue;
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

    public void Remember(ulong key, ReadOnlySpan<long> predictions, int width)
    {
        int cost = Math.Max(1, predictions.Length);
        if (cost > capacity)
        {
            // One that would push out everything else is not worth keeping.
            return;
        }

        lock (_lock)
        {
            while (_kept + cost > capacity)
            {
                DropOldest();
            }

            if (Find(key) is var earlier and not None)
            {
                Unlink(earlier);
            }

            if (_next - _oldest == (uint)_entries.Length)
            {
                GrowEntries();
            }

            while (_nextValue - _oldestValue + (uint)predictions.Length > (uint)_values.Length)
            {
                GrowValues();
            }

            Store(predictions);
            int slot = (int)(_next & (uint)(_entries.Length - 1));
            _entries[slot] = new Entry
            {
                Key = key,
                FirstValue = _nextValue,
                Count = predictions.Length,
                Width = width,
                Correct = None,
            };
            Link(slot);
            _next++;
            _nextValue += (uint)predictions.Length;
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
            if (entry.Correct != None)
            {
                return entry.Judgement(duplicate: true);
            }

            if (!truth.Fits(entry.Count, entry.Width))
            {
                return entry.Unjudged();
            }

            Settle(ref entry, Compare(in entry, truth));
            return entry.Judgement(duplicate: false);
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
            if (entry.Correct != None)
            {
                return entry.Judgement(duplicate: true);
            }

            if (!ofWholeRequest && entry.Count > 0 && outcomes.Correct + outcomes.Incorrect != entry.Count / entry.Width)
            {
                return entry.Unjudged();
            }

            Settle(ref entry, outcomes);
            return entry.Judgement(duplicate: false);
        }
    }

    private static void Settle(ref Entry entry, Outcomes outcomes) => (entry.Correct, entry.Incorrect) = (outcomes.Correct, outcomes.Incorrect);

    private Outcomes Compare(in Entry entry, JudgedTruth truth)
    {
        uint mask = (uint)(_values.Length - 1);
        int correct = 0;
        for (int row = 0; row < entry.Count; row += entry.Width)
        {
            bool right = true;
            for (int i = row; i < row + entry.Width; i++)
            {
                right &= truth.Matches(i, _values[(entry.FirstValue + (uint)i) & mask]);
            }

            correct += right ? 1 : 0;
        }

        return new Outcomes(correct, (entry.Count / entry.Width) - correct);
    }

    private void Store(ReadOnlySpan<long> predictions)
    {
        int start = (int)(_nextValue & (uint)(_values.Length - 1));
        int first = Math.Min(predictions.Length, _values.Length - start);
        predictions[..first].CopyTo(_values.AsSpan(start));
        predictions[first..].CopyTo(_values);
    }

    private void DropOldest()
    {
        int slot = (int)(_oldest & (uint)(_entries.Length - 1));
        ref Entry entry = ref _entries[slot];
        if (!entry.IsReplaced)
        {
            Unlink(slot);
        }

        _kept -= Math.Max(1, entry.Count);
        _oldestValue += (uint)entry.Count;
        _oldest++;
    }

    private int Find(ulong key)
    {
        int slot = _heads[Bucket(key)];
        while (slot != None && _entries[slot].Key != key)
        {
            slot = _entries[slot].NextInChain;
        }

        return slot;
    }

    private void Link(int slot)
    {
        ref int head = ref _heads[Bucket(_entries[slot].Key)];
        _entries[slot].NextInChain = head;
        head = slot;
    }

    private void Unlink(int slot)
    {
        ref int link = ref _heads[Bucket(_entries[slot].Key)];
        while (link != slot)
        {
            link = ref _entries[link].NextInChain;
        }

        link = _entries[slot].NextInChain;
        _entries[slot].IsReplaced = true;
    }

    private void GrowEntries()
    {
        Entry[] before = _entries;
        _entries = new Entry[before.Length * 2];
        _heads = NewHeads(_entries.Length);
        for (uint i = _oldest; i != _next; i++)
        {
            int slot = (int)(i & (uint)(_entries.Length - 1));
            _entries[slot] = before[i & (uint)(before.Length - 1)];
            if (!_entries[slot].IsReplaced)
            {
                Link(slot);
            }
        }
    }

    private void GrowValues()
    {
        long[] before = _values;
        _values = new long[before.Length * 2];
        for (uint i = _oldestValue; i != _nextValue; i++)
        {
            _values[i & (uint)(_values.Length - 1)] = before[i & (uint)(before.Length - 1)];
        }
    }

    private int Bucket(ulong key) => (int)(key & (uint)(_heads.Length - 1));

    private static int[] NewHeads(int length)
    {
        int[] heads = new int[(int)BitOperations.RoundUpToPowerOf2((uint)length)];
        Array.Fill(heads, None);
        return heads;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public ulong Key;
        public uint FirstValue;
        public int Count;
        public int Width;
        public int Correct;
        public int Incorrect;

        /// <summary>The next entry of the same bucket, or none; of one that a newer request replaced, the mark of that.</summary>
        public int NextInChain;

        public bool IsReplaced
        {
            readonly get => NextInChain == None - 1;
            set => NextInChain = value ? None - 1 : None;
        }

        public readonly Judgement Judgement(bool duplicate) => new(Count, Width, Correct, Incorrect, duplicate, Counted: true);

        public readonly Judgement Unjudged() => new(Count, Width, 0, 0, Duplicate: false, Counted: false);
    }
}
