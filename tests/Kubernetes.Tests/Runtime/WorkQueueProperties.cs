using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

public sealed class WorkQueueProperties
{
    private const int Keys = 4;

    /// <summary>Any order of calls, compared with a model: which keys need work and which are being worked on.</summary>
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Any_order_of_calls_hands_every_key_that_needs_work_to_one_worker_at_a_time((byte Call, byte Key)[] calls)
    {
        var time = new ManualTimeProvider();
        var queue = new WorkQueue<int>(time);
        HashSet<int> needed = [], held = [];
        foreach (var (call, key) in calls.Select(c => (c.Call % 5, c.Key % Keys)))
        {
            switch (call)
            {
                case 0:
                    queue.Add(key);
                    needed.Add(key);
                    break;
                case 1:
                    queue.AddAfter(key, TimeSpan.FromSeconds(1));
                    time.Advance(TimeSpan.FromSeconds(1));
                    needed.Add(key);
                    break;
                case 2:
                    queue.AddRateLimited(key);
                    time.Advance(TimeSpan.FromHours(1));
                    needed.Add(key);
                    break;
                case 3 when queue.Depth > 0:
                    var taken = queue.TakeAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult().Key;
                    Assert.That(held.Add(taken), Is.True, $"{taken} was handed out twice");
                    Assert.That(needed.Remove(taken), Is.True, $"{taken} was handed out for nothing");
                    break;
                case 4 when held.Remove(key):
                    queue.Done(key);
                    break;
            }

            Assert.That(queue.Depth, Is.EqualTo(needed.Except(held).Count()), "keys that wait");
        }
    }

    /// <summary>Workers and adders at once: the last change of each key is seen by a reconcile that began after it.</summary>
    [FsCheck.NUnit.Property(MaxTest = 20)]
    public Property Workers_at_once_never_share_a_key_and_miss_no_change() =>
        Prop.ForAll(
            Gen.Choose(1, 8).ToArbitrary(),
            Gen.Choose(0, Keys - 1).ArrayOf(200).ToArbitrary(),
            (workers, adds) => RunAsync(workers, adds).GetAwaiter().GetResult());

    private static async Task<bool> RunAsync(int workers, int[] adds)
    {
        await using var queue = new WorkQueue<int>(TimeProvider.System);
        var changed = new int[Keys];
        var seen = new int[Keys];
        var working = new int[Keys];
        var failures = new ConcurrentQueue<string>();
        var running = Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            while (await queue.TakeAsync(CancellationToken.None) is (true, var key))
            {
                if (Interlocked.Increment(ref working[key]) != 1)
                {
                    failures.Enqueue($"two workers on {key}");
                }

                seen[key] = Volatile.Read(ref changed[key]);
                await Task.Yield();
                Interlocked.Decrement(ref working[key]);
                queue.Done(key);
            }
        })).ToArray();

        await Parallel.ForEachAsync(adds, async (key, _) =>
        {
            Interlocked.Increment(ref changed[key]);
            queue.Add(key);
            await Task.Yield();
        });
        await Eventually.TrueAsync(() => seen.SequenceEqual(changed), "every key's last change is seen");
        await queue.ShutDownAsync(CancellationToken.None);
        await Task.WhenAll(running);
        return failures.IsEmpty;
    }
}
