using System.Collections.Concurrent;
using System.Collections.Immutable;
using ModelOperator.Api;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Sources;

/// <summary>Asks the guardrails' own sources that are due. What cannot be had is no data, with a reason, never a decision.</summary>
internal sealed class SourceReader(
    PrometheusReader metrics,
    WebhookClient webhooks,
    GateJobReader jobs,
    SourceSecrets secrets,
    SourceOptions options,
    ControllerMetrics counters,
    TimeProvider timeProvider,
    ILogger<SourceReader> logger) : IDisposable
{
    private const int MostRemembered = 10_000;

    private readonly PendingAnswers<MetricAnswer> _metricAnswers = new(options.Patience, timeProvider);
    private readonly PendingAnswers<GateAnswer> _gateAnswers = new(options.Patience, timeProvider);

    // A source that stays silent is news once.
    private readonly ConcurrentDictionary<string, bool> _silent = new(StringComparer.Ordinal);

    /// <summary>The world with what the sources say added.</summary>
    public async Task<ObservedWorld> AddAsync(
        ObservedWorld world, ModelDeployment model, EffectiveAnalysis analysis, CancellationToken cancellationToken)
    {
        if (model.Status?.Rollout is null)
        {
            Forget(model.Metadata.Namespace, model.Metadata.Name);
            return world;
        }

        DateTimeOffset now = timeProvider.GetUtcNow();
        IReadOnlyList<EffectiveGuardrail> due = Rollouts.Sources.Due(model.Status, analysis, now);
        Task<(string Name, MetricAnswer? Answer)[]> metricAnswers = Task.WhenAll(due
            .Where(guardrail => guardrail.Prometheus is not null)
            .Select(async guardrail => (guardrail.Name, await MetricAsync(model, guardrail, analysis.Interval, cancellationToken))));
        Task<(string Name, GateAnswer? Answer)[]> gateAnswers = Task.WhenAll(due
            .Where(guardrail => guardrail.IsGate)
            .Select(async guardrail => (guardrail.Name, await GateAsync(model, guardrail, now, cancellationToken))));
        await Task.WhenAll(metricAnswers, gateAnswers);
        return world with
        {
            Metrics = (await metricAnswers).Where(told => told.Answer is not null)
                .ToImmutableDictionary(
                    told => told.Name, told => Heard(model, told.Name, told.Answer!, told.Answer!.Problem), StringComparer.Ordinal),
            Gates = (await gateAnswers).Where(told => told.Answer is not null)
                .ToImmutableDictionary(
                    told => told.Name, told => Heard(model, told.Name, told.Answer!, told.Answer!.Problem), StringComparer.Ordinal),
        };
    }

    public void Forget(string? @namespace, string name)
    {
        string prefix = Prefix(@namespace, name);
        _metricAnswers.ForgetAll(prefix);
        _gateAnswers.ForgetAll(prefix);
    }

    public void Dispose()
    {
        _metricAnswers.Dispose();
        _gateAnswers.Dispose();
    }

    private Task<MetricAnswer?> MetricAsync(
        ModelDeployment model, EffectiveGuardrail guardrail, TimeSpan interval, CancellationToken cancellationToken)
    {
        ModelDeploymentStatus status = model.Status!;
        var question = new MetricQuestion(
            guardrail.Prometheus!, model.Metadata.Namespace!, model.Metadata.Name, status.CanaryRevision!,
            status.StableRevision!, interval);
        PrometheusMetric metric = question.Metric;
        string asked = string.Join(
            '\n', Trial(model), metric.Address, metric.BadQuery, metric.TotalQuery, metric.MeanQuery, metric.TimeoutSeconds,
            metric.CredentialsSecretRef?.Name, interval);
        return _metricAnswers.GetAsync(
            Key(model, guardrail.Name), asked, token => metrics.ReadAsync(question, timeProvider.GetUtcNow(), token), cancellationToken);
    }

    private Task<GateAnswer?> GateAsync(
        ModelDeployment model, EffectiveGuardrail guardrail, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (guardrail.Job is { } job)
        {
            return Task.FromResult<GateAnswer?>(jobs.Read(model, guardrail.Name, job, now));
        }

        ModelDeploymentStatus status = model.Status!;
        WebhookGate webhook = guardrail.Webhook!;
        var call = new WebhookCall
        {
            Name = model.Metadata.Name,
            Namespace = model.Metadata.Namespace!,
            Revision = status.CanaryRevision!,
            StableRevision = status.StableRevision!,
            Guardrail = guardrail.Name,
            Step = status.Rollout!.Step,
            CanaryWeight = status.CanaryWeight ?? 0,
        };
        return _gateAnswers.GetAsync(
            Key(model, guardrail.Name),
            string.Join('\n', Trial(model), webhook.Url, webhook.TimeoutSeconds, webhook.CredentialsSecretRef?.Name),
            token => AskAsync(webhook, call, token),
            cancellationToken);
    }

    private async Task<GateAnswer> AskAsync(WebhookGate webhook, WebhookCall call, CancellationToken cancellationToken)
    {
        var answer = new GateAnswer { At = timeProvider.GetUtcNow() };
        try
        {
            SourceCredentials? credentials = await secrets.ReadAsync(
                call.Namespace, webhook.CredentialsSecretRef, webhook.Url, cancellationToken);
            VerdictMessage said = await webhooks.AskAsync(
                webhook.Url, call, TimeSpan.FromSeconds(webhook.TimeoutSeconds ?? Defaults.WebhookTimeoutSeconds),
                cancellationToken, credentials);
            return answer with { Verdict = said.Verdict, Message = said.Message };
        }
        catch (SourceException e)
        {
            return answer with { Problem = $"webhook {new Uri(webhook.Url).GetLeftPart(UriPartial.Path)}: {e.Message}" };
        }
    }

    private TAnswer Heard<TAnswer>(ModelDeployment model, string guardrail, TAnswer answer, string? problem)
    {
        string key = Key(model, guardrail);
        if (problem is null)
        {
            _silent.TryRemove(key, out _);
            return answer;
        }

        counters.SourceReadFailed();
        if (_silent.Count >= MostRemembered)
        {
            _silent.Clear();
        }

        if (_silent.TryAdd(key, true))
        {
            logger.SourceReadFailed(model.Metadata.Namespace, model.Metadata.Name, guardrail, problem);
        }

        return answer;
    }

    // An answer about another trial is no answer about this one.
    private static string Trial(ModelDeployment model) =>
        $"{model.Metadata.Uid} {model.Status!.CanaryRevision} {model.Status.StableRevision} {model.Status.Rollout!.StartedAt:O}";

    private static string Key(ModelDeployment model, string guardrail) => Prefix(model.Metadata.Namespace, model.Metadata.Name) + guardrail;

    private static string Prefix(string? @namespace, string name) => $"{@namespace}/{name}/";
}
