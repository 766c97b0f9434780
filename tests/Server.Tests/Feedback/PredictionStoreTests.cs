using System.Diagnostics;
using ModelOperator.Protocol;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Tests.Feedback;

public sealed class PredictionStoreTests
{
    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool What_is_kept_never_exceeds_the_capacity_and_the_newest_is_always_known(byte[] ids, byte extra)
    {
        int capacity = 16 + extra;
        PredictionStore store = new(capacity);
        foreach (byte id in ids)
        {
            store.Remember("digits", $"r{id}", [7], 1);
            if (store.Count > capacity || store.Settle("digits", $"r{id}", new Outcomes(1, 0), ofWholeRequest: true) is not { Duplicate: false })
            {
                return false;
            }
        }

        return true;
    }

    [Test]
    public void Models_do_not_know_each_others_requests()
    {
        PredictionStore store = new(100);
        store.Remember("a", "id", [7], 1);

        Assert.That(store.Settle("b", "id", new Outcomes(1, 0), ofWholeRequest: true), Is.Null);
        Assert.That(store.Settle("a", "id", new Outcomes(1, 0), ofWholeRequest: true), Is.Not.Null);
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public bool However_feedback_is_ordered_and_repeated_each_request_counts_once(byte[] order)
    {
        PredictionStore store = new(16 * 256);
        foreach (byte id in order.Distinct())
        {
            store.Remember("digits", $"r{id}", [id], 1);
        }

        int counted = order.Concat(order.Reverse()).Count(id => store.Settle("digits", $"r{id}", new Outcomes(1, 0), ofWholeRequest: true)!.Value is { Duplicate: false });
        return counted == order.Distinct().Count();
    }

    [Test]
    public void To_remember_a_prediction_takes_no_memory_and_next_to_no_time()
    {
        PredictionStore store = new(20_000);
        string[] ids = [.. Enumerable.Range(0, 50_000).Select(i => $"0123456789.digits-0123456789-abcdef-xyz12.{i:x16}")];
        Remember(store, ids);

        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        Remember(store, ids);
        TimeSpan each = Stopwatch.GetElapsedTime(start) / ids.Length;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        TestContext.Out.WriteLine($"{each.TotalNanoseconds:F0} ns and {(double)allocated / ids.Length:F2} bytes a prediction");
        Assert.That(allocated, Is.LessThan(ids.Length / 10));
        // Debug builds and busy machines are slow; a lock held too long or a scan would be a hundred times this.
        Assert.That(each, Is.LessThan(TimeSpan.FromMicroseconds(20)));
    }

    private static void Remember(PredictionStore store, string[] ids)
    {
        ReadOnlySpan<long> label = [7];
        foreach (string id in ids)
        {
            store.Remember("digits", id, label, 1);
        }
    }
}
