namespace ModelOperator.Server.Feedback;

/// <summary>One part of the predictions kept, under its own lock.</summary>
internal sealed class PredictionPart(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<Entry> _byAge = new();
    private int _labels;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _labels;
            }
        }
    }

    public void Remember(string id, string[] labels)
    {
        // One that would push out everything else is not worth keeping.
        if (labels.Length > capacity)
        {
            return;
        }

        lock (_lock)
        {
            Entry entry = new(id, labels);
            _entries[id] = entry;
            _byAge.Enqueue(entry);
            _labels += labels.Length;
            while (_labels > capacity)
            {
                Entry oldest = _byAge.Dequeue();
                _labels -= oldest.Labels.Length;
                if (_entries.TryGetValue(oldest.Id, out Entry? current) && ReferenceEquals(current, oldest))
                {
                    _entries.Remove(oldest.Id);
                }
            }
        }
    }

    public Judgement? Judge(string id, IReadOnlyList<string> truth)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out Entry? entry))
            {
                return null;
            }

            if (entry.Judged is { } earlier)
            {
                return earlier with { Duplicate = true };
            }

            if (truth.Count != entry.Labels.Length)
            {
                return new Judgement(entry.Labels.Length, 0, 0, Duplicate: false);
            }

            int correct = entry.Labels.Where((label, i) => label == truth[i]).Count();
            Judgement judgement = new(entry.Labels.Length, correct, entry.Labels.Length - correct, Duplicate: false);
            entry.Judged = judgement;
            return judgement;
        }
    }

    private sealed class Entry(string id, string[] labels)
    {
        public string Id => id;

        public string[] Labels => labels;

        public Judgement? Judged { get; set; }
    }
}
