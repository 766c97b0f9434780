using System.Security.Cryptography;
using System.Text;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>What evidence was gathered for, as a short text: evidence for other settings says nothing about these.</summary>
internal static class GuardrailSettings
{
    public static string Of(EffectiveGuardrail guardrail) => guardrail switch
    {
        { Prometheus: { } metric } => $"{guardrail.Type}/{guardrail.MarginPercent}/"
            + Digest(
                metric.Address, metric.BadQuery, metric.TotalQuery, metric.MeanQuery, metric.MeanMinimum, metric.MeanMaximum,
                metric.Direction?.ToString()),
        { Webhook: { } webhook } => $"{guardrail.Type}/{Digest(webhook.Url)}",
        { Job: { } job } => $"{guardrail.Type}/{Digest(job.Template.ToJsonString())}",
        { Limit: { } limit } => $"{guardrail.Type}/limit {limit}/{guardrail.MaxMilliseconds}",
        _ => $"{guardrail.Type}/{guardrail.MarginPercent}/{guardrail.QuantilePercent}/{guardrail.MaxMilliseconds}",
    };

    private static string Digest(params string?[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))))[..16];
}
