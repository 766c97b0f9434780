namespace ModelOperator.Kubernetes.Runtime;

/// <summary>How many entities are reconciled at once.</summary>
public sealed record ParallelReconciliationSettings
{
    /// <summary>Reconciles of one controller at the same time; always one at a time for each entity.</summary>
    public int MaxParallelReconciliations { get; init; } = Environment.ProcessorCount * 2;
}

/// <summary>Sets <see cref="ParallelReconciliationSettings"/>.</summary>
public sealed class ParallelReconciliationSettingsBuilder
{
    private ParallelReconciliationSettings _settings = new();

    public ParallelReconciliationSettingsBuilder WithMaxParallelReconciliations(int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        _settings = _settings with { MaxParallelReconciliations = max };
        return this;
    }

    internal ParallelReconciliationSettings Build() => _settings;
}
