using System.Runtime.InteropServices;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Batching;

/// <summary>Computes waiting requests on an instance, batch after batch, until none is left for it.</summary>
internal sealed class BatchWorker(RunScheduler scheduler) : IThreadPoolWorkItem
{
    /// <summary>After a batch its clients come again at about the same time; so much of the time that a batch takes is spent on waiting for them.</summary>
    private const double LingerShare = 0.1;

    private static readonly TimeSpan LongestLinger = TimeSpan.FromMilliseconds(2);

    private readonly List<PendingRun> _batch = [];

    public Instance Instance { get; set; }

    public void Execute()
    {
        int rows = 1;
        TimeSpan linger = TimeSpan.Zero;
        while (true)
        {
            scheduler.Collector.Collect(_batch, rows, linger);
            if (_batch.Count == 0)
            {
                break;
            }

            // What was left may be for another instance.
            scheduler.StartWorker();
            rows = 0;
            foreach (PendingRun run in _batch)
            {
                rows += run.Rows;
            }

            long start = scheduler.Time.GetTimestamp();
            scheduler.Batches.Run(Instance.Slot, CollectionsMarshal.AsSpan(_batch));
            TimeSpan pays = scheduler.Time.GetElapsedTime(start) * LingerShare;
            linger = _batch.Count == 1 ? TimeSpan.Zero : pays < LongestLinger ? pays : LongestLinger;
            _batch.Clear();
            if (!scheduler.TryGoOn(this))
            {
                break;
            }
        }

        scheduler.Ended(this);
    }
}
