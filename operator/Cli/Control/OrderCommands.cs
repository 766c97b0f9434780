using System.CommandLine;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Control;

/// <summary>Commands that give the operator an order: promote, abort, retry, undo, restart.</summary>
internal static class OrderCommands
{
    private const string How = """
        The order goes to the operator as the annotation modeloperator.io/control, aimed at the revision that is there now. The command
        waits until the operator has dealt with it and prints what became of it. An order that the operator does not take up before
        --timeout is taken back.


        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Option<TimeSpan?> Timeout = Options.Duration("--timeout", "How long to wait for the operator [default: 30s]");

    private static readonly Option<bool> Full = new("--full")
    {
        Description = "Make the canary stable as soon as it has all its pods, without waiting for evidence",
    };

    private static readonly Option<string?> ToRevision = new("--to-revision")
    {
        Description = "Revision to go back to; kubectl model status and history show them [default: the stable one before this]",
        HelpName = "REVISION",
    };

    public static IEnumerable<Command> All(ClusterAccess access) =>
    [
        Make(
            access, "promote", "Let the canary go on: end the pause that it waits at, or the rest of its step. Evidence still decides.", """
            Without --full no evidence is skipped: a canary that is not shown to be safe is not promoted at its last step, and harm
            still rolls it back.

            Examples:
              kubectl model promote digits
              kubectl model promote digits --full
            """, (parsed, model, place) => Orders.Promote(model, parsed.GetValue(Full), place), Full),
        Make(access, "abort", "Roll the canary back and do not try it again, until the spec changes or kubectl model retry.", """
            All requests go back to the stable revision at once.

            Examples:
              kubectl model abort digits
            """, (_, model, place) => Orders.Abort(model, place)),
        Make(access, "retry", "Try the rejected or undone revision that the spec asks for again.", """
            Examples:
              kubectl model retry digits
            """, (_, model, place) => Orders.Retry(model, place)),
        Make(access, "undo", "Go back to an earlier revision, in full, as soon as it has its pods.", """
            There is no evaluation and no step. The spec stays as it is: the earlier revision serves until the spec asks for another one,
            or until kubectl model retry.

            Examples:
              kubectl model undo digits
              kubectl model undo digits --to-revision d1f1b9c0a3
            """, (parsed, model, place) => Orders.Undo(model, parsed.GetValue(ToRevision), place), ToRevision),
        Make(access, "restart", "Replace the pods one after the other, without a rollout.", """
            Examples:
              kubectl model restart digits
            """, (_, model, place) => Orders.Restart(model, place)),
    ];

    private static Command Make(
        ClusterAccess access, string name, string description, string help, Func<ParseResult, Model, Place, string> order,
        params Option[] options)
    {
        Command command = new(name, description) { ClusterOptions.Name };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.Options.Add(Timeout);
        ClusterOptions.AddTo(command);
        Tool.AddHelp(command, $"{help}\n\n{How}{ExitCodes.Help}");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var models = ClusterOptions.Models(parsed, access);
            var streams = parsed.InvocationConfiguration;
            var sender = new OrderSender(models, access.Time, streams.Output, streams.Error);
            await sender.SendAsync(
                parsed.GetRequiredValue(ClusterOptions.Name), model => order(parsed, model, models.Place),
                parsed.GetValue(Timeout) ?? Patience, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
