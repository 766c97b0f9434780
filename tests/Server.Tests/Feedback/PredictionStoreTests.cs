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
            if (store.Count > capacity
                || store.Settle("digits", $"r{id}", new Outcomes(1, 0), ofWholeRequest: true) is not { Duplicate: false })
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

        int counted = order.Concat(order.Reverse())
            .Count(id => store.Settle("digits", $"r{id}", new Outcomes(1, 0), ofWholeRequest: true)!.Value is { Duplicate: false });
        return counted == order.Distinct().Count();
    }
}
