using ModelOperator.Api;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// Asks a Prometheus guardrail's queries for both revisions, all for the same time: a block compares what both did in the same stretch, so
/// one answer that is missing makes all of them none.
/// </summary>
internal sealed class PrometheusReader(PrometheusClient prometheus, SourceSecrets secrets)
{
    /// <summary>Both revisions' counters, or both revisions' means.</summary>
    public async Task<MetricAnswer> ReadAsync(MetricQuestion question, DateTimeOffset now, CancellationToken cancellationToken)
    {
        PrometheusMetric metric = question.Metric;
        var answer = new MetricAnswer { At = now };
        SourceCredentials? credentials = null;
        try
        {
            credentials = await secrets.ReadAsync(question.Namespace, metric.CredentialsSecretRef, metric.Address, cancellationToken);
            if (metric.MeanQuery is { } mean)
            {
                Task<double> canaryMean = QueryAsync("meanQuery", mean, question.Canary);
                Task<double> stableMean = QueryAsync("meanQuery", mean, question.Stable);
                await Task.WhenAll(canaryMean, stableMean);
                return answer with { CanaryMean = await canaryMean, StableMean = await stableMean };
            }

            Task<CounterReading> canary = CountersAsync(question.Canary);
            Task<CounterReading> stable = CountersAsync(question.Stable);
            await Task.WhenAll(canary, stable);
            return answer with { CanaryCounters = await canary, StableCounters = await stable };
        }
        catch (SourceException e)
        {
            return answer with { Problem = $"Prometheus {metric.Address}: {e.Message}" };
        }

        async Task<CounterReading> CountersAsync(string revision)
        {
            Task<double> bad = QueryAsync("badQuery", metric.BadQuery!, revision);
            Task<double> total = QueryAsync("totalQuery", metric.TotalQuery!, revision);
            await Task.WhenAll(bad, total);
            return new CounterReading(await bad, await total);
        }

        async Task<double> QueryAsync(string field, string template, string revision)
        {
            try
            {
                return await prometheus.QueryAsync(
                    metric.Address,
                    QueryTemplate.Fill(template, question.Namespace, question.Name, revision, question.Interval),
                    now,
                    TimeSpan.FromSeconds(metric.TimeoutSeconds ?? Defaults.PrometheusTimeoutSeconds),
                    cancellationToken,
                    credentials);
            }
            catch (SourceException e)
            {
                throw new SourceException($"{field} of revision {revision}: {e.Message}", e);
            }
        }
    }
}

/// <summary>What a Prometheus guardrail asks.</summary>
internal sealed record MetricQuestion(
    PrometheusMetric Metric, string Namespace, string Name, string Canary, string Stable, TimeSpan Interval);
