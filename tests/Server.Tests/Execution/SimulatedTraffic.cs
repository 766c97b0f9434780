using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Execution;

/// <summary>The same requests for <see cref="SimulatedCpus"/> that start them in different ways.</summary>
/// <param name="cpus">How many CPUs.</param>
/// <param name="speedUp">How many times as fast a run on all of them is as a run on one.</param>
/// <param name="disturbance">What else happens.</param>
internal sealed class SimulatedTraffic(int cpus, double speedUp, Disturbance disturbance)
{
    private const double Wide = 43;
    private const int Requests = 3000;

    /// <summary>A load that comes all at once is nobody's measure.</summary>
    private const int Beginning = 300;

    private readonly double _narrow = Wide * speedUp;

    /// <summary>Runs a millisecond that the better of the two ways can do.</summary>
    private double Capacity => Math.Max(cpus / _narrow, 1 / Wide);

    /// <summary>Answers a millisecond to clients that send the next request when they have the answer to the last.</summary>
    public double Closed(int clients, StartChoice? always = null)
    {
        double until = Wide * Math.Max(600, 8 * clients);
        Random random = new(5);
        SimulatedCpus simulated = NewCpus(until, always);
        for (int i = 0; i < clients; i++)
        {
            simulated.GoTo(0.01 * i);
            simulated.Arrive(Longer(random));
        }

        simulated.GoTo(until, () => simulated.Arrive(Longer(random)));
        return simulated.Took.Count / until;
    }

    /// <summary>Median and 99th percentile in milliseconds when requests come whether others have been answered or not.</summary>
    /// <param name="load">How many, of what the better of the two ways can do.</param>
    /// <param name="even">At even intervals; else at random.</param>
    /// <param name="always">The way that is not to be chosen but taken.</param>
    public (double Median, double P99) Open(double load, bool even, StartChoice? always = null)
    {
        double interval = 1 / (load * Capacity), at = 0;
        Random arrivals = new(11), random = new(5);
        SimulatedCpus simulated = NewCpus(2 * Requests * interval, always);
        for (int i = 0; i < Requests; i++)
        {
            at += even ? interval : interval * -Math.Log(1 - arrivals.NextDouble());
            simulated.GoTo(at);
            simulated.Arrive(Longer(random));
        }

        simulated.GoTo(at * 100);
        double[] took = [.. simulated.Took.Skip(Beginning).Order()];
        return (took[took.Length / 2], took[(int)(took.Length * 0.99)]);
    }

    private SimulatedCpus NewCpus(double until, StartChoice? always) => new(cpus, _narrow, Wide, always) { Thefts = Thefts(until) };

    private double Longer(Random random) => disturbance == Disturbance.None ? 1 : 0.85 + (0.3 * random.NextDouble());

    private List<(double Time, int Change)> Thefts(double until)
    {
        List<(double Time, int Change)> edges = [];
        Random random = new(7);
        for (double at = 0; disturbance == Disturbance.StolenCpus && at < until;)
        {
            at += 2000 * -Math.Log(1 - random.NextDouble());
            edges.Add((at, 1));
            edges.Add((at + 20 + (80 * random.NextDouble()), -1));
        }

        return [.. edges.OrderBy(e => e.Time)];
    }
}
