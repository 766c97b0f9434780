using System.Runtime.InteropServices;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Batching;

/// <summary>Computes waiting requests on an instance, batch after batch, until none is left for it.</summary>
internal sealed class BatchWorker(RunScheduler scheduler, BatchCollector collector, BatchRunner batches, RunSlot slot, TimeProvider time)
    : IThreadPoolWorkItem
{
    /// <summary>
    /// After a batch its clients come again at about the same time; so much of the time that a batch takes is spent on waiting for them.
    /// </summary>
    private const double LingerShare = 0.1;

    private static readonly TimeSpan LongestLinger = TimeSpan.FromMilliseconds(2);

    public void Execute()
    {
        List<PendingRun> batch = [];
        int rows = 1;
        TimeSpan linger = TimeSpan.Zero;
        while (true)
        {
            collector.Collect(batch, rows, linger);
            if (batch.Count == 0)
            {
                break;
            }

            // What was left may be for another instance.
            scheduler.StartWorker();
            rows = batch.Sum(run => run.Rows);
            long start = time.GetTimestamp();
            batches.Run(slot, CollectionsMarshal.AsSpan(batch));
            TimeSpan pays = time.GetElapsedTime(start) * LingerShare;
            linger = batch.Count == 1 ? TimeSpan.Zero : pays < LongestLinger ? pays : LongestLinger;
            batch.Clear();
        }

        scheduler.Ended(slot);
    }
}
