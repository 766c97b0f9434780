using System.Net;

namespace ModelOperator.Benchmarks.Load;

/// <summary>What is sent, over how many connections, how fast and for how long.</summary>
internal sealed record LoadPlan
{
    public required IPEndPoint Server { get; init; }

    public required byte[] Request { get; init; }

    public required int Connections { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Requests a second over all connections, due at a steady pace whatever became of earlier ones; 0: each connection sends its next
    /// request as soon as it has its answer.
    /// </summary>
    public double Rate { get; init; }

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(0.5);

    public required TimeSpan Duration { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="Latencies">Milliseconds from when each request was due to its answer's last byte, sorted.</param>
internal sealed record LoadResult(double PerSecond, double[] Latencies)
{
    public double Percentile(double share) => Latencies.Length == 0 ? double.PositiveInfinity : Latencies[(int)(Latencies.Length * share)];
}
