using System.Diagnostics;

namespace ModelOperator.Benchmarks.Load;

/// <summary>One thread of the generator with its share of the connections and of the rate.</summary>
/// <param name="plan">What is sent.</param>
/// <param name="begin">When it begins; the same for all threads, however long each takes to connect.</param>
/// <param name="index">Which of the threads.</param>
/// <param name="threads">How many there are.</param>
internal sealed class LoadThread(LoadPlan plan, long begin, int index, int threads)
{
    private readonly int _connections = (plan.Connections / threads) + (index < plan.Connections % threads ? 1 : 0);

    public List<double> Latencies { get; } = new(1 << 16);

    public Exception? Failure { get; private set; }

    public void Run()
    {
        try
        {
            Loop();
        }
        catch (IOException e)
        {
            Failure = e;
        }
        catch (System.Net.Sockets.SocketException e)
        {
            Failure = e;
        }
    }

    private void Loop()
    {
        using Epoll epoll = new();
        LoadConnection[] connections = [.. Enumerable.Range(0, _connections).Select(_ => new LoadConnection(plan.Server, plan.Request))];
        for (int i = 0; i < connections.Length; i++)
        {
            epoll.Watch(connections[i].Handle, i);
        }

        try
        {
            Drive(epoll, connections);
        }
        finally
        {
            Array.ForEach(connections, c => c.Dispose());
        }
    }

    private void Drive(Epoll epoll, LoadConnection[] connections)
    {
        long measured = begin + Ticks(plan.WarmUp);
        long end = measured + Ticks(plan.Duration);
        double interval = plan.Rate > 0 ? threads / plan.Rate * Stopwatch.Frequency : 0;
        // The threads take turns, so that together they keep an even pace.
        double due = begin + (interval * index / threads);
        Queue<int> free = new(Enumerable.Range(0, connections.Length));
        Span<int> tags = stackalloc int[128];
        while (true)
        {
            long now = Stopwatch.GetTimestamp();
            // Requests that were due and found no free connection are late, not left out; those never answered in time count at what they
            // waited.
            if (now >= end)
            {
                CountUnanswered(connections, due, interval, measured, end);
                return;
            }

            while (free.Count > 0 && (interval == 0 || due <= now))
            {
                connections[free.Dequeue()].Begin(interval == 0 ? now : (long)due);
                due += interval;
            }

            int count = epoll.Wait(tags, 0);
            for (int i = 0; i < count; i++)
            {
                Advance(connections[tags[i]], tags[i], free, measured);
            }
        }
    }

    private void Advance(LoadConnection connection, int tag, Queue<int> free, long measured)
    {
        if (connection.Advance())
        {
            free.Enqueue(tag);
            if (connection.Due >= measured || plan.Rate == 0)
            {
                long now = Stopwatch.GetTimestamp();
                if (now >= measured)
                {
                    Latencies.Add(Stopwatch.GetElapsedTime(connection.Due, now).TotalMilliseconds);
                }
            }
        }
    }

    private void CountUnanswered(LoadConnection[] connections, double due, double interval, long measured, long end)
    {
        if (interval == 0)
        {
            return;
        }

        foreach (LoadConnection connection in connections)
        {
            if (connection.IsBusy && connection.Due >= measured)
            {
                Latencies.Add(Stopwatch.GetElapsedTime(connection.Due, end).TotalMilliseconds);
            }
        }

        for (double late = Math.Max(due, measured); late < end; late += interval)
        {
            Latencies.Add(Stopwatch.GetElapsedTime((long)late, end).TotalMilliseconds);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
