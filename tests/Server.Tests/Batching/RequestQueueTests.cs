using FsCheck;
using ModelOperator.Protocol;
using ModelOperator.Server.Batching;

namespace ModelOperator.Server.Tests.Batching;

public sealed class RequestQueueTests
{
    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool Requests_come_out_by_priority_and_then_in_the_order_they_came(byte[] priorities, NonNegativeInt[] removed)
    {
        RequestQueue queue = new();
        List<(PendingRun Run, int Priority, int Id)> all = [];
        for (int i = 0; i < priorities.Length; i++)
        {
            PendingRun run = new(new InferRequest(), null!, rows: i + 1, (ulong)(priorities[i] % 4), arrived: i, CancellationToken.None);
            queue.Add(run);
            all.Add((run, priorities[i] % 4, i));
        }

        foreach (NonNegativeInt at in removed.Where(_ => all.Count > 0))
        {
            PendingRun gone = all[at.Get % all.Count].Run;
            bool first = queue.Remove(gone), again = queue.Remove(gone);
            Assert.That((first, again), Is.EqualTo((true, false)));
            all.RemoveAt(at.Get % all.Count);
        }

        Assert.That((queue.Count, queue.Rows), Is.EqualTo((all.Count, all.Sum(a => a.Id + 1))));
        List<PendingRun> order = [];
        for (PendingRun? run = queue.First; run is not null; run = run.Next)
        {
            order.Add(run);
        }

        return order.SequenceEqual(all.OrderBy(a => a.Priority).ThenBy(a => a.Id).Select(a => a.Run));
    }
}
