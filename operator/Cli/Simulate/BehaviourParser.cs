using System.Globalization;
using ModelOperator.Api;

namespace ModelOperator.Cli.Simulate;

/// <summary>Reads how a revision behaves: <c>accuracy=0.95,p95=40ms,errors=1%</c>.</summary>
internal sealed class BehaviourParser(string option, IReadOnlyList<EffectiveGuardrail> guardrails)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMicroseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(100);
    private static readonly (string Suffix, double Ticks)[] Units =
        [("us", TimeSpan.TicksPerMicrosecond), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond)];

    /// <summary>Reads the value of the option.</summary>
    public ArmBehaviour Parse(string text)
    {
        var behaviour = new ArmBehaviour();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? pair : pair[..equals];
            string value = equals < 0 ? "" : pair[(equals + 1)..];
            if (!seen.Add(key))
            {
                throw CliException.Invalid($"{option} has {key} twice; want it once");
            }

            behaviour = key switch
            {
                "accuracy" => behaviour with { Accuracy = Share(key, value) },
                "errors" => behaviour with { Errors = Share(key, value) },
                "p95" => behaviour with { P95 = Time(key, value) },
                "p50" => behaviour with { P50 = Time(key, value) },
                _ when guardrails.FirstOrDefault(guardrail => guardrail.Name == key && guardrail.Prometheus is not null) is { } metric =>
                    behaviour with { Metrics = behaviour.Metrics.SetItem(key, Metric(metric, value)) },
                _ => throw CliException.Invalid($"{option} has \"{key}\", which is not known; want {string.Join(", ", Keys())}"),
            };
        }

        return behaviour is { P50: { } p50, P95: { } p95 } && p50 >= p95
            ? throw CliException.Invalid(
                $"{option} has a p50 that is not below its p95; half of the answers are faster than p50, 95 % faster than p95")
            : behaviour;
    }

    private IEnumerable<string> Keys() =>
    [
        "accuracy",
        "errors",
        "p95",
        "p50",
        .. guardrails.Where(guardrail => guardrail.Prometheus is not null).Select(guardrail => guardrail.Name),
    ];

    private double Share(string key, string value) => Number(value) switch
    {
        >= 0 and <= 1 and var share => share,
        _ => throw Wrong(key, value, "a share from 0 to 1 or 0% to 100%, such as 0.95 or 95%"),
    };

    private TimeSpan Time(string key, string value)
    {
        var (suffix, ticks) = Units.FirstOrDefault(unit => value.EndsWith(unit.Suffix, StringComparison.Ordinal));
        return suffix is not null && Options.Parse(value[..^suffix.Length]) is { } number && number * ticks >= Shortest.Ticks
                && number * ticks <= Longest.Ticks
            ? TimeSpan.FromTicks((long)(number * ticks))
            : throw Wrong(key, value, "a time from 10us to 100s, such as 40ms");
    }

    // Between a mean and how single requests stray from it stands a tilde; shares need no second number.
    private MetricBehaviour Metric(EffectiveGuardrail guardrail, string value)
    {
        if (guardrail.Prometheus is not { MeanMinimum: { } least, MeanMaximum: { } most })
        {
            return new MetricBehaviour(Share(guardrail.Name, value), 0);
        }

        double range = double.Parse(most, CultureInfo.InvariantCulture) - double.Parse(least, CultureInfo.InvariantCulture);
        string[] parts = value.Split('~');
        double? mean = Options.Parse(parts[0]);
        double? deviation = parts.Length == 1 ? range / 4 : Options.Parse(parts[1]);
        return mean is { } m && deviation is >= 0 and { } d && parts.Length <= 2
            ? new MetricBehaviour(m, d)
            : throw Wrong(guardrail.Name, value, "MEAN or MEAN~DEVIATION, the mean and how single requests stray from it, such as 12.5~3");
    }

    private static double? Number(string value) => value.EndsWith('%') ? Options.Parse(value[..^1]) / 100 : Options.Parse(value);

    private CliException Wrong(string key, string value, string want) =>
        CliException.Invalid($"{option} has {key} \"{value}\"; want {want}");
}
