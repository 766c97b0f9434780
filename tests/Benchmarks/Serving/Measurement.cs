namespace ModelOperator.Benchmarks.Serving;

/// <summary>What one server did under one load for one round.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="ProcessorMicroseconds">Processor time of the server for each answer.</param>
internal sealed record Measurement(double PerSecond, double ProcessorMicroseconds);

/// <summary>One figure over the rounds.</summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }

    public string ToString(string format) => $"{Median.ToString(format)} ({Least.ToString(format)} to {Most.ToString(format)})";
}
