using System.Collections.Concurrent;

namespace ModelOperator.Router.Feedback;

/// <summary>
/// Which pod answered a request whose id the client made. Bounded in number and time by two generations: when the younger
/// is full or old it becomes the elder, and the elder is dropped. Ids are kept as hashes, so that each takes the same memory;
/// should two ever meet, the wrong pod does not know the id and all are asked.
/// </summary>
internal sealed class ClientIdMap(int capacity, TimeProvider timeProvider)
{
    private static readonly TimeSpan GenerationTime = TimeSpan.FromHours(1);

    private readonly Lock _rotation = new();
    private volatile Generation _young = new(timeProvider.GetTimestamp());
    private volatile Generation _elder = new(timeProvider.GetTimestamp());

    public void Remember(string model, string id, string revision, string pod)
    {
        Generation generation = _young;
        bool full = Volatile.Read(ref generation.Count) >= capacity / 2;
        if (full || timeProvider.GetElapsedTime(generation.Started) >= GenerationTime)
        {
            generation = Rotate(generation);
        }

        FeedbackKey key = FeedbackKey.Of(model, id);
        if (generation.Pods.TryAdd(key, (revision, pod)))
        {
            Interlocked.Increment(ref generation.Count);
        }
        else
        {
            generation.Pods[key] = (revision, pod);
        }
    }

    /// <summary>The revision and pod that answered last under this id, or null.</summary>
    public (string Revision, string Pod)? Find(string model, string id)
    {
        FeedbackKey key = FeedbackKey.Of(model, id);
        if (_young.Pods.TryGetValue(key, out (string, string) pod))
        {
            return pod;
        }

        return _elder.Pods.TryGetValue(key, out pod) ? pod : null;
    }

    private Generation Rotate(Generation seen)
    {
        lock (_rotation)
        {
            if (_young == seen)
            {
                _elder = seen;
                _young = new Generation(timeProvider.GetTimestamp());
            }

            return _young;
        }
    }

    private sealed class Generation(long started)
    {
        public readonly ConcurrentDictionary<FeedbackKey, (string Revision, string Pod)> Pods = new();

        /// <summary>Kept apart because counting a concurrent dictionary locks all of it.</summary>
        public int Count;

        public long Started { get; } = started;
    }
}
