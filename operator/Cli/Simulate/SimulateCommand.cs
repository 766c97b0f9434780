using System.CommandLine;
using System.Text.Json;

namespace ModelOperator.Cli.Simulate;

/// <summary><c>kubectl-model simulate</c></summary>
internal static class SimulateCommand
{
    private const string Help = """
        The operator's own planner is run in simulated time, with its steps, guardrails, deadline and error rates, on traffic drawn at
        random. So the table shows what the manifest would do, not what a formula says of it: how likely each end is, when it comes, and
        what users would have had of the canary.

        How a revision behaves, as KEY=VALUE,KEY=VALUE (what --canary leaves out is as with stable):
          accuracy  share of answers that are right, such as 0.95 or 95%
          errors    share of requests that fail, such as 0.01 or 1%
          p95       95 % of answers are faster, such as 40ms
          p50       half of the answers are faster [default: half of p95]
          NAME      for a Prometheus guardrail of that name: the share that is bad, or with a meanQuery MEAN~DEVIATION, the mean and
                    how single requests stray from it [default deviation: a quarter of the range]

        What is assumed: requests come at random (Poisson) at the same rate; of each 100 the canary gets exactly its weight, as the
        router does it; answers fail, err and are slow independently of each other, unless --wobble says otherwise; latencies are
        lognormal; the truth of an answer comes after --feedback-delay; a new pod is ready after --startup, and warm then; an evaluation
        is passed; a pause that waits for a person is ended at once, and spec.rollout.paused is false; a Webhook or Job says Safe at
        once, unless --gate says otherwise.
        A wobble multiplies the bad shares and the latencies by a factor that wanders from interval to interval (its logarithm is a
        first-order autoregressive process, of which 0.9 lasts to the next interval). The same seed gives the same numbers.

        Examples:
          kubectl-model simulate -f mdep.yaml --traffic 50/s --stable accuracy=0.95,p95=40ms,errors=0.01 --canary accuracy=0.93
          kubectl-model simulate -f mdep.yaml --traffic 50/s --stable accuracy=0.95,p95=40ms,errors=0.01
              (a canary as good as stable: how often is it rolled back for nothing?)
          kubectl-model simulate -f mdep.yaml --traffic 600/m --stable accuracy=95%,p95=40ms,errors=1% \
              --canary p95=60ms --plot rollout.svg
          kubectl-model simulate -f mdep.yaml --traffic 50/s --stable accuracy=0.95,p95=40ms,errors=0.01 \
              --feedback 0.1 --feedback-delay 3600
          kubectl get mdep digits -o yaml | kubectl-model simulate -f - --traffic 50/s \
              --stable accuracy=0.95,p95=40ms,errors=0.01
          kubectl-model simulate -f mdep.yaml --traffic 50/s --stable accuracy=0.95,p95=40ms,errors=0.01 \
              --wobble own=0.3,shared=0.5 -o json


        """;

    private static readonly Option<string?> Manifest = Options.Manifest("ModelDeployment whose rollout is simulated");

    private static readonly Option<string> Traffic = new("--traffic")
    {
        Description = "Requests, of both revisions together: for each second, minute or hour",
        HelpName = "N/s",
        Required = true,
    };

    private static readonly Option<string> Stable = new("--stable")
    {
        Description = "How the stable revision behaves; see below",
        HelpName = "KEY=VALUE,...",
        Required = true,
    };

    private static readonly Option<string> Canary = new("--canary")
    {
        Description = "How the canary behaves [default: as stable]",
        HelpName = "KEY=VALUE,...",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<int> Runs = Options.Number("--runs", "Rollouts to simulate", 200, 1, 100_000);

    private static readonly Option<int> Seed = Options.Number("--seed", "Where chance begins", 1, 0, int.MaxValue);

    private static readonly Option<string?> Wobble = new("--wobble")
    {
        Description = "Relative standard deviation of bad shares and latencies that move: of each revision on its own, "
            + "or own=X,shared=Y [default: 0]",
        HelpName = "X",
    };

    private static readonly Option<string> Feedback = new("--feedback")
    {
        Description = "Share of answers whose truth is fed back, 0 to 1",
        HelpName = "SHARE",
        DefaultValueFactory = _ => "1",
    };

    private static readonly Option<int> FeedbackDelay = Options.Number(
        "--feedback-delay", "Seconds until the truth of an answer comes", 0, 0, 604_800);

    private static readonly Option<string[]> Gate = new("--gate")
    {
        Description = "What a Webhook or Job says: NAME=Safe, NAME=Harmful or NAME=Continue, "
            + "with @SECONDS after the canary's first request [default: Safe at once]",
        HelpName = "NAME=VERDICT@SECONDS",
    };

    private static readonly Option<int> History = Options.Number(
        "--history", "Seconds that stable has served alone before", 3600, 0, 604_800);

    private static readonly Option<int> Startup = Options.Number("--startup", "Seconds until a new pod is ready", 10, 0, 86_400);

    private static readonly Option<FileInfo?> Plot = new("--plot")
    {
        Description = "File for a plot as SVG: the probability of each end over time, and the canary's share",
        HelpName = "out.svg",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "text or json",
        HelpName = "text|json",
        DefaultValueFactory = _ => "text",
    };

    public static Command Create(Func<Stream> openInput, TimeProvider timeProvider)
    {
        Command command = new(
            "simulate",
            "Show how the rollout of a manifest would go: how likely each end is, when it comes, what users would have had of it.")
        {
            Manifest, Traffic, Stable, Canary, Runs, Seed, Plot, Output, Wobble, Feedback, FeedbackDelay, Gate, History, Startup,
        };
        Manifest.Required = true;
        Output.AcceptOnlyFromAmong("text", "json");
        Tool.AddHelp(command, Help + ExitCodes.Help);
        command.SetAction(
            (parsed, cancellationToken) => Task.Run(() => Run(parsed, openInput, timeProvider, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, Func<Stream> openInput, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var settings = Settings(parsed, openInput);
        var streams = parsed.InvocationConfiguration;

        using var plot = parsed.GetValue(Plot) is { } file ? new PlotFile(file) : null;
        var runs = new Simulator(settings, timeProvider, streams.Error).Run(cancellationToken);
        var report = SimulationReport.Of(settings, runs);
        plot?.Write(stream => SvgPlot.Write(stream, settings, report, runs));
        if (parsed.GetValue(Output) == "json")
        {
            streams.Output.WriteLine(JsonSerializer.Serialize(report, SimulationJson.Default.SimulationReport));
        }
        else
        {
            TextReport.Write(streams.Output, settings, report);
        }

        return ExitCodes.Done;
    }

    private static SimulationSettings Settings(ParseResult parsed, Func<Stream> openInput)
    {
        var (name, spec) = SettingsReader.Manifest(new InputFile(parsed.GetRequiredValue(Manifest)!, openInput));
        var guardrails = spec.Rollout.Analysis.Guardrails;
        var stable = new BehaviourParser("--stable", guardrails).Parse(parsed.GetRequiredValue(Stable));
        SettingsReader.CheckComplete(stable, guardrails);
        var canary = new BehaviourParser("--canary", guardrails).Parse(parsed.GetValue(Canary)!).Or(stable);
        SettingsReader.CheckLatencies(canary);
        var (own, shared) = SettingsReader.Wobble(parsed.GetValue(Wobble));
        return new SimulationSettings
        {
            Name = name,
            Spec = spec,
            RequestsPerSecond = SettingsReader.Traffic(parsed.GetRequiredValue(Traffic)),
            Stable = stable,
            Canary = canary,
            Feedback = Options.Parse(parsed.GetValue(Feedback)!) is >= 0 and <= 1 and var feedback
                ? feedback
                : throw CliException.Invalid($"--feedback is \"{parsed.GetValue(Feedback)}\"; want a share from 0 to 1, such as 0.1"),
            FeedbackDelaySeconds = parsed.GetValue(FeedbackDelay),
            OwnWobble = own,
            SharedWobble = shared,
            Gates = SettingsReader.Gates(parsed.GetValue(Gate) ?? [], guardrails),
            HistorySeconds = parsed.GetValue(History),
            StartupSeconds = parsed.GetValue(Startup),
            Runs = parsed.GetValue(Runs),
            Seed = parsed.GetValue(Seed),
        };
    }
}
