namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Sets <see cref="OperatorSettings"/>.</summary>
public sealed class OperatorSettingsBuilder
{
    private OperatorSettings _settings = new();

    public OperatorSettingsBuilder WithName(string name) => Set(_settings with { Name = name });

    public OperatorSettingsBuilder WithInstance(string instance) => Set(_settings with { Instance = instance });

    /// <summary>Watches one namespace, or all when it is null.</summary>
    public OperatorSettingsBuilder WithNamespace(string? @namespace) => Set(_settings with { Namespace = @namespace });

    public OperatorSettingsBuilder WithLeaderElection(LeaderElectionType type) => Set(_settings with { LeaderElectionType = type });

    public OperatorSettingsBuilder WithLeaderElectionNamespace(string @namespace) =>
        Set(_settings with { LeaderElectionNamespace = @namespace });

    public OperatorSettingsBuilder WithLeaderElectionTimings(TimeSpan leaseDuration, TimeSpan renewDeadline, TimeSpan retryPeriod) =>
        Set(_settings with
        {
            LeaderElectionLeaseDuration = leaseDuration,
            LeaderElectionRenewDeadline = renewDeadline,
            LeaderElectionRetryPeriod = retryPeriod,
        });

    public OperatorSettingsBuilder WithReconcileStrategy(ReconcileStrategy strategy) =>
        Set(_settings with { ReconcileStrategy = strategy });

    public OperatorSettingsBuilder WithParallelReconciliation(Action<ParallelReconciliationSettingsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var parallel = new ParallelReconciliationSettingsBuilder();
        configure(parallel);
        return Set(_settings with { ParallelReconciliation = parallel.Build() });
    }

    public OperatorSettingsBuilder WithStopGrace(TimeSpan grace) => Set(_settings with { StopGrace = grace });

    internal OperatorSettings Build() => _settings;

    private OperatorSettingsBuilder Set(OperatorSettings settings)
    {
        _settings = settings;
        return this;
    }
}
