using ModelOperator.Api;
using ModelOperator.Demo.Load;

namespace ModelOperator.Demo.Play;

/// <summary>Tells the play as it goes: one line when something changed, and one every few seconds while it does not.</summary>
public sealed class Timeline(TextWriter output, TimeProvider time, bool colour)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private readonly long start = time.GetTimestamp();
    private string lastKey = "";
    private long lastPrinted;
    private LoadReport? lastLoad;

    public void Heading(string text)
    {
        output.WriteLine();
        output.WriteLine(Paint("1;36", $"[{Clock()}] {text}"));
        lastKey = "";
    }

    public void Say(string text) => output.WriteLine($"[{Clock()}] {text}");

    public void Detail(string text) => output.WriteLine($"          {Paint("2", text)}");

    /// <summary>Prints the state when its phase, weight or message changed, or some time has passed.</summary>
    public void Show(ModelDeployment deployment, LoadReport? load)
    {
        var status = deployment.Status;
        if (status is null)
        {
            return;
        }

        string key = $"{status.Phase}|{status.CanaryWeight}|{status.StableRevision}|{status.CanaryRevision}";
        if (key == lastKey && time.GetElapsedTime(lastPrinted) < Heartbeat)
        {
            return;
        }

        lastKey = key;
        lastPrinted = time.GetTimestamp();
        output.WriteLine($"[{Clock()}] {Paint(PhaseColour(status.Phase), $"{status.Phase,-12}")} stable {status.StableRevision ?? "-"}"
            + (status.CanaryRevision is { } canary
                ? $"  canary {canary} {Bar(status.CanaryWeight ?? 0)} {status.CanaryWeight ?? 0,3} %"
                : "")
            + (load is null ? "" : $"  {Traffic(load)}"));
        lastLoad = load;
        if (status.Message is { Length: > 0 } message)
        {
            Detail(message);
        }

        foreach (var guardrail in status.Phase is RolloutPhase.Analyzing or RolloutPhase.Held ? status.Analysis ?? [] : [])
        {
            output.WriteLine($"          {guardrail.Name,-9} canary {Arm(guardrail.Canary)}  stable {Arm(guardrail.Stable)}  "
                + $"harm {guardrail.HarmEvidence ?? "-",-16} safe {guardrail.SafetyEvidence ?? "-",-16} "
                + $"{Paint(VerdictColour(guardrail.Verdict), guardrail.Verdict)}");
        }
    }

    private string Traffic(LoadReport load)
    {
        var before = lastLoad is { } last && last.Started == load.Started ? last : new LoadReport();
        double rate = (load.Sent - before.Sent) / Math.Max(0.1, load.ElapsedSeconds - before.ElapsedSeconds);
        string traffic = $"sent {load.Sent:N0} ({rate:F0}/s), failed {load.Failed}";
        return load.NotSent - before.NotSent > 0.05 * (load.Sent - before.Sent)
            ? traffic + Paint("33", $", not sent {load.NotSent:N0}: this machine cannot keep up with {load.RequestsPerSecond:F0}/s")
            : traffic;
    }

    private string Clock() => $"{time.GetElapsedTime(start):mm\\:ss}";

    private string Paint(string code, string text) => colour ? $"\e[{code}m{text}\e[0m" : text;

    private static string Arm(ArmStatus? arm) => arm is null ? "-" : $"{arm.Total - arm.Bad,6:N0}/{arm.Total,-6:N0} good";

    private static string Bar(int percent) => new string('#', percent / 10).PadRight(10, '.');

    private static string PhaseColour(RolloutPhase? phase) => phase switch
    {
        RolloutPhase.Stable or RolloutPhase.Promoting => "32",
        RolloutPhase.RollingBack or RolloutPhase.Rejected or RolloutPhase.Stalled => "31",
        _ => "33",
    };

    private static string VerdictColour(string verdict) => verdict switch
    {
        "Safe" => "32",
        "Harmful" => "31",
        _ => "0",
    };
}
