using System.Text;
using System.Text.Json.Nodes;
using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Cli.Simulate;
using ModelOperator.Evidence;
using ModelOperator.Rollouts;

namespace ModelOperator.Cli.Tests;

/// <summary>A replay of what routers counted says what the planner said of it, block by block.</summary>
public class PlannerAgreementTests
{
    private const int Blocks = 60;
    private const int Seconds = 10;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string Manifest = Manifests.With(
        "{guardrails: [{name: accuracy, type: Accuracy, marginPercent: 1}, {name: errors, type: ErrorRate, maxErrorPercent: 4}]}");

    [TestCase(0.05, 0.02)]
    [TestCase(0.08, 0.02)]
    [TestCase(0.05, 0.06)]
    public async Task Replay_and_planner_say_the_same(double wrong, double failed)
    {
        using var file = new TemporaryFile(Manifest);
        var (name, spec) = SettingsReader.Manifest(new InputFile(file.Path, () => Stream.Null));
        var draw = new Draw(1, 1);
        var ticks = new List<EvidenceTick>();
        var input = new StringBuilder();
        for (int i = -Blocks; i < 0; i++)
        {
            var tick = Tick(i, null, Counts(draw, 500, 0.05, 0.02));
            ticks.Add(tick);

            // The planner leaves out the block in which the rollout begins.
            input.Append(i < -1 ? Lines(tick) : "");
        }

        var status = Plan(name, spec, Stable(), ticks, Start).Status;
        var planned = new List<string>();
        for (int i = 0; i < Blocks && status.Rollout is not null; i++)
        {
            ticks.Add(Tick(i, Counts(draw, 50, wrong, failed), Counts(draw, 450, 0.05, 0.02)));
            status = Plan(name, spec, status, ticks, ticks[^1].Start.AddSeconds(Seconds + 2)).Status;
            input.Append(Lines(ticks[^1], GuardrailEvidenceJson.Read(status.Analysis![0].State)!.Step.Step));
            planned.AddRange(status.Analysis!.Select(guardrail => $"{guardrail.Name} {guardrail.Verdict}: {guardrail.Message}"));
        }

        var result = await CommandResult.RunAsync(input.ToString(), "replay", "-", "-f", file.Path);

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        var replayed = result.Lines[..^1]
            .Select(line => JsonNode.Parse(line)!)
            .Select(line => $"{line["guardrail"]} {line["verdict"]}: {line["message"]}");
        Assert.That(replayed, Is.EqualTo(planned));
        Assert.That(planned, Has.Some.Contain("Harmful").Or.Some.Contain("Safe"), "something was decided");
    }

    private static Plan Plan(string name, EffectiveSpec spec, ModelDeploymentStatus status, List<EvidenceTick> ticks, DateTimeOffset now) =>
        Planner.Plan(new PlannerInput
        {
            Name = name,
            Generation = 2,
            Spec = spec,
            WantedRevision = Revisions.Canary,
            Status = status,
            World = new ObservedWorld
            {
                Revisions = [Ready(Revisions.Stable), Ready(Revisions.Canary)],
                Routers =
                [
                    new ObservedRouter
                    {
                        Pod = "router",
                        Report = new EvidenceReport
                        {
                            Instance = "router",
                            TableVersion = 99,
                            Oldest = 0,
                            Next = ticks.Count,
                            Ticks = [.. ticks],
                        },
                    },
                ],
            },
            Now = now,
        });

    private static ModelDeploymentStatus Stable() => new()
    {
        StableRevision = Revisions.Stable,
        Phase = RolloutPhase.Stable,
        Routing = new RoutingTable { Version = 1, Targets = [new TrafficTarget { Revision = Revisions.Stable, Weight = 100 }] },
    };

    private static ObservedRevision Ready(string revision) =>
        new() { Revision = revision, CreatedAt = Start, DesiredReplicas = 1, Replicas = 1, ReadyReplicas = 1 };

    private static EvidenceTick Tick(int block, RevisionCounts? canary, RevisionCounts stable)
    {
        var revisions = new Dictionary<string, RevisionCounts> { [Revisions.Stable] = stable };
        if (canary is not null)
        {
            revisions[Revisions.Canary] = canary;
        }

        return new EvidenceTick { Sequence = Blocks + block, Start = Start.AddSeconds(block * Seconds), Revisions = revisions };
    }

    private static RevisionCounts Counts(Draw draw, int requests, double wrong, double failed)
    {
        int errors = draw.Binomial(requests, failed);
        int incorrect = draw.Binomial(requests - errors, wrong);
        return new RevisionCounts { Requests = requests, Errors = errors, Incorrect = incorrect, Correct = requests - errors - incorrect };
    }

    private static string Lines(EvidenceTick tick, int? step = null)
    {
        string Line(string guardrail, Func<RevisionCounts, (long Bad, long Total)> count)
        {
            var line = new JsonObject { ["t"] = (tick.Start - Start).TotalSeconds, ["guardrail"] = guardrail };
            foreach (var (revision, counts) in tick.Revisions)
            {
                var (bad, total) = count(counts);
                line[revision] = new JsonObject { ["bad"] = bad, ["total"] = total };
            }

            if (step is not null)
            {
                line["step"] = step;
            }

            return line.ToJsonString() + "\n";
        }

        return Line("accuracy", counts => (counts.Incorrect, counts.Incorrect + counts.Correct))
            + Line("errors", counts => (counts.Errors, counts.Requests));
    }
}
