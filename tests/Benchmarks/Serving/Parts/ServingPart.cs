namespace ModelOperator.Benchmarks.Serving.Parts;

/// <summary>What every part of the benchmark has at hand.</summary>
internal sealed record ServingPart(Report Report, ServingSettings Settings, Contenders Start, Generators Generators)
{
    public Comparison NewComparison() => new(Report, Settings, Generators);
}
