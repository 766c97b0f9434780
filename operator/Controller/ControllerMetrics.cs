using System.Diagnostics.Metrics;

namespace ModelOperator.Controller;

/// <summary>What the operator counts beside what the controller runtime counts itself.</summary>
internal sealed class ControllerMetrics : IDisposable
{
    public const string MeterName = "ModelOperator.Controller";

    private readonly Meter _meter;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _evidenceReadFailures;
    private readonly Counter<long> _sourceReadFailures;
    private readonly Counter<long> _statusConflicts;

    public ControllerMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _decisions = _meter.CreateCounter<long>(
            "modeloperator.rollout.decisions", description: "Decisions of rollouts by action and reason.");
        _evidenceReadFailures = _meter.CreateCounter<long>(
            "modeloperator.evidence.read.failures", description: "Routers that gave no usable report when asked.");
        _sourceReadFailures = _meter.CreateCounter<long>(
            "modeloperator.source.read.failures",
            description: "Prometheus servers, webhooks and Jobs of guardrails that gave no answer that can be used.");
        _statusConflicts = _meter.CreateCounter<long>(
            "modeloperator.status.conflicts", description: "Plans thrown away because the ModelDeployment had changed meanwhile.");
    }

    public void Decided(string action, string reason) =>
        _decisions.Add(1, new KeyValuePair<string, object?>("action", action), new KeyValuePair<string, object?>("reason", reason));

    public void EvidenceReadFailed() => _evidenceReadFailures.Add(1);

    public void SourceReadFailed() => _sourceReadFailures.Add(1);

    public void StatusConflict() => _statusConflicts.Add(1);

    public void Dispose() => _meter.Dispose();
}
