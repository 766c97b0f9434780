using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Cli.Manifests;

namespace ModelOperator.Cli.Simulate;

/// <summary>Makes settings of a manifest and options, and refuses what cannot be simulated.</summary>
internal static class SettingsReader
{
    private const double MostRequestsPerSecond = 100_000;

    /// <summary>The manifest's part: spec and name.</summary>
    public static (string Name, EffectiveSpec Spec) Manifest(InputFile file)
    {
        var model = ManifestReader.Read(file);
        var spec = Defaults.Resolve(model.Spec, runtimeImage: "");
        if (spec.Replicas == 0)
        {
            throw CliException.Invalid($"{file.Name}: spec.replicas: 0 serves nothing, so that no rollout can be tried; want 1 or more");
        }

        // An evaluation comes before any traffic: a rollout that goes on has passed it. Whoever lets rollouts go on does so at once.
        EffectiveRollout rollout = spec.Rollout;
        return (model.Metadata.Name, spec with
        {
            Rollout = rollout with
            {
                Evaluation = null,
                IsPaused = false,
                FirstPause = Timed(rollout.FirstPause),
                Steps = [.. rollout.Steps.Select(step => step with { Pause = Timed(step.Pause) })],
            },
        });
    }

    private static EffectivePause? Timed(EffectivePause? pause) => pause?.Duration is null ? null : pause;

    /// <summary>Reads <c>50/s</c>, <c>3000/m</c>, <c>100/h</c>.</summary>
    public static double Traffic(string text)
    {
        double seconds = text switch { [.., '/', 's'] => 1, [.., '/', 'm'] => 60, [.., '/', 'h'] => 3600, _ => 0 };
        return seconds > 0 && Options.Parse(text[..^2]) / seconds is > 0 and <= MostRequestsPerSecond and var rate
            ? rate
            : throw CliException.Invalid(
                $"--traffic is \"{text}\"; want requests for each second, minute or hour, such as 50/s, 3000/m or 100/h, "
                + $"at most {MostRequestsPerSecond}/s");
    }

    /// <summary>Reads <c>0.3</c> or <c>own=0.3,shared=0.2</c>.</summary>
    public static (double Own, double Shared) Wobble(string? text)
    {
        double own = 0;
        double shared = 0;
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split('=');
            if (Options.Parse(pair[^1]) is not (>= 0 and <= 2 and var deviation) || pair is not ([_] or ["own" or "shared", _]))
            {
                throw CliException.Invalid(
                    $"--wobble is \"{text}\"; want a relative standard deviation from 0 to 2, such as 0.3, "
                    + "or own=0.3,shared=0.2 for a wobble of each revision's own and of both");
            }

            (own, shared) = pair[0] == "shared" ? (own, deviation) : (deviation, shared);
        }

        return (own, shared);
    }

    /// <summary>Reads <c>NAME=VERDICT@SECONDS</c>; gates that are not named say Safe at once.</summary>
    public static IReadOnlyDictionary<string, GateBehaviour> Gates(
        IReadOnlyList<string> values, IReadOnlyList<EffectiveGuardrail> guardrails)
    {
        var gates = guardrails
            .Where(guardrail => guardrail.IsGate)
            .ToDictionary(guardrail => guardrail.Name, _ => new GateBehaviour(Verdict.Safe, 0), StringComparer.Ordinal);
        foreach (string value in values)
        {
            string[] pair = value.Split('=');
            string[] answer = pair[^1].Split('@');
            int after = 0;
            if (pair.Length != 2 || answer.Length > 2
                || (answer.Length == 2 && (!int.TryParse(answer[1], out after) || after is < 0 or > 2_592_000))
                || answer[0] is not (nameof(Verdict.Safe) or nameof(Verdict.Harmful) or nameof(Verdict.Continue)))
            {
                throw CliException.Invalid(
                    $"--gate is \"{value}\"; want NAME=Safe, NAME=Harmful or NAME=Continue, and @SECONDS after it, "
                    + "such as approvals=Harmful@120");
            }

            if (!gates.ContainsKey(pair[0]))
            {
                throw CliException.Invalid(gates.Count == 0
                    ? $"--gate is \"{value}\", and the manifest has no guardrail of type Webhook or Job; leave it out"
                    : $"--gate is \"{value}\", and the manifest has no such Webhook or Job; want one of {string.Join(", ", gates.Keys)}");
            }

            gates[pair[0]] = new GateBehaviour(Enum.Parse<Verdict>(answer[0]), after);
        }

        return gates;
    }

    /// <summary>What a guardrail judges must be known of both revisions.</summary>
    public static void CheckComplete(ArmBehaviour stable, IReadOnlyList<EffectiveGuardrail> guardrails)
    {
        foreach (var guardrail in guardrails)
        {
            string? missing = guardrail.Type switch
            {
                GuardrailType.Accuracy when stable.Accuracy is null => "accuracy=0.95",
                GuardrailType.Latency when stable.P95 is null => "p95=40ms",
                GuardrailType.ErrorRate when stable.Errors is null => "errors=0.01",
                GuardrailType.Prometheus when !stable.Metrics.ContainsKey(guardrail.Name) =>
                    guardrail.Prometheus!.MeanQuery is null ? $"{guardrail.Name}=0.02" : $"{guardrail.Name}=12.5~3",
                _ => null,
            };
            if (missing is not null)
            {
                throw CliException.Invalid(
                    $"--stable says nothing of what guardrail \"{guardrail.Name}\" judges; "
                    + $"want {missing} or whatever it is (what --canary leaves out is as with stable)");
            }
        }
    }

    /// <summary>A median given for the canary may not fit the quantile that it has from stable.</summary>
    public static void CheckLatencies(ArmBehaviour canary)
    {
        if (canary is { P95: { } p95 } && canary.Median >= p95)
        {
            throw CliException.Invalid(
                $"--canary has a p50 of {canary.Median.TotalMilliseconds} ms, and its p95 is {p95.TotalMilliseconds} ms; "
                + "want a p50 below p95, or a p95 with it");
        }
    }
}
