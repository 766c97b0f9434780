using System.CommandLine;
using ModelOperator.Api;

namespace ModelOperator.Cli.Replay;

/// <summary><c>kubectl-model replay</c></summary>
internal static class ReplayCommand
{
    private const string Help = """
        Input: one block on a line, in order of time (t, in seconds). A block holds what the canary and the stable revision did in the
        same stretch of time; bad is whatever the guardrail counts: wrong answers, failed requests, answers that were too slow.

          {"t":-10,"guardrail":"errors","stable":{"bad":4,"total":500}}
          {"t":0,"guardrail":"errors","canary":{"bad":2,"total":50},"stable":{"bad":4,"total":450}}

        A block of stable alone comes before the rollout: it teaches what stable is like, and how much it wobbles by itself. With
        --limit the canary alone is judged, and stable may be left out. A line that is not exactly a block ends the replay: its number
        and what would be right go to standard error.

        Output: one line a decision, after each block with a canary, and the verdict as a whole as the last line.

          {"t":0,"guardrail":"errors","verdict":"Continue","eHarm":1.6,"eSafe":1,...,"message":"not decided yet: 2 of 50 failed ..."}
          {"verdict":"Harmful","lines":2,"guardrails":[...]}

          verdict   Harmful, Safe, Continue, NoData, or after the deadline Inconclusive
          eHarm     evidence of harm: at most 1 in so many canaries within the margin would ever look this bad, however often one looks
          eSafe     evidence of safety: at most 1 in so many canaries beyond the margin would ever look this good
          interval  where the difference of the bad shares lies (with a limit: the canary's share), at all times at once

        Examples:
          kubectl-model replay blocks.ndjson
          kubectl-model replay blocks.ndjson -f mdep.yaml
          kubectl-model replay blocks.ndjson --margin errors=1 --margin accuracy=2 --confidence 95
          kubectl-model replay blocks.ndjson --limit accuracy=8
          follow-the-blocks | kubectl-model replay - --guardrails 2 | jq -r 'select(.verdict == "Harmful") | .message'


        """;

    private static readonly Argument<string> File = new("FILE") { Description = "File of blocks as NDJSON; - is standard input" };

    private static readonly Option<string?> Manifest =
        Options.Manifest(
            "ModelDeployment whose guardrails, margins, objectives, confidence and deadline hold; names in the blocks are its guardrails'");

    private static readonly Option<int> Confidence =
        Options.Number(
            "--confidence", "Percent of confidence in every verdict, shared over the guardrails", Defaults.ConfidencePercent, 50, 99);

    private static readonly Option<string[]> Margin = new("--margin")
    {
        Description = "Percentage points by which the canary's bad share may be above stable's: for all guardrails, "
            + "or for one as NAME=PERCENT [default: 0]",
        HelpName = "[NAME=]PERCENT",
    };

    private static readonly Option<string[]> Limit = new("--limit")
    {
        Description = "Instead of a margin: the bad share in percent that the canary may have, whatever stable does",
        HelpName = "[NAME=]PERCENT",
    };

    private static readonly Option<int> Deadline =
        Options.Number(
            "--deadline", "Seconds from the canary's first block after which what is undecided is inconclusive", Defaults.DeadlineSeconds,
            1, 2_592_000);

    private static readonly Option<int?> Guardrails = new("--guardrails")
    {
        Description = "How many guardrails share the confidence (1 to 1000) [default: as many as the file has; 1 on standard input]",
        HelpName = "N",
    };

    public static Command Create(Func<Stream> openInput)
    {
        Command command = new("replay", "Judge recorded counts block by block, as the operator would have judged them.")
        {
            File, Manifest, Confidence, Margin, Limit, Deadline, Guardrails,
        };
        Tool.AddHelp(command, Help + ExitCodes.Help);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, openInput, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<Stream> openInput, CancellationToken cancellationToken)
    {
        var file = new InputFile(parsed.GetRequiredValue(File), openInput);
        try
        {
            await using var input = file.Open();
            var settings = await SettingsAsync(parsed, file, input, openInput, cancellationToken);
            await ReplayAsync(input, settings, parsed.InvocationConfiguration.Output, cancellationToken);
            return ExitCodes.Done;
        }
        catch (LineException e)
        {
            throw CliException.Invalid($"{file.Name}: line {e.Line}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Failed($"{file.Name}: {e.Message}");
        }
    }

    private static async Task<ReplaySettings> SettingsAsync(
        ParseResult parsed, InputFile file, Stream input, Func<Stream> openInput, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Manifest) is { } path)
        {
            var manifest = new InputFile(path, openInput);
            if (manifest.IsStandardInput && file.IsStandardInput)
            {
                throw CliException.Invalid("FILE and -f are both \"-\"; standard input can be one of them");
            }

            Option[] others = [Confidence, Margin, Limit, Deadline, Guardrails];
            return others.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } other
                ? throw CliException.Invalid($"{other.Name} and -f exclude each other: the manifest says it; leave one out")
                : ReplayRules.Of(manifest);
        }

        int? given = parsed.GetValue(Guardrails);
        if (given is < 1 or > GuardrailCount.Most)
        {
            throw CliException.Invalid($"--guardrails is {given}; want a whole number from 1 to {GuardrailCount.Most}");
        }

        var margins = PercentByName.Parse("--margin", parsed.GetValue(Margin) ?? []);
        var limits = PercentByName.Parse("--limit", parsed.GetValue(Limit) ?? []);
        int guardrails = given ?? (input.CanSeek ? await GuardrailCount.OfAsync(input, cancellationToken) : 1);
        return ReplayRules.Of(parsed.GetValue(Confidence), parsed.GetValue(Deadline), guardrails, margins, limits);
    }

    private static async Task ReplayAsync(Stream input, ReplaySettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        var lines = new LineReader(input);
        var replayer = new Replayer(settings);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            if (replayer.Add(BlockLineParser.Parse(line.Span, lines.Number), lines.Number) is { } decision)
            {
                await output.WriteLineAsync(ReplayOutput.Write(decision));
                if (!input.CanSeek)
                {
                    // Whoever follows a pipe wants to see each decision as it falls.
                    await output.FlushAsync(cancellationToken);
                }
            }
        }

        await output.WriteLineAsync(ReplayOutput.Write(replayer.Conclude()));
        await output.FlushAsync(cancellationToken);
    }
}
