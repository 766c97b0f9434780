using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Control;

/// <summary>
/// Gives the operator an order and waits for what becomes of it. An order that nobody takes up is taken back: nothing is to happen by
/// surprise when the person who asked for it has gone.
/// </summary>
internal sealed class OrderSender(ModelClient models, TimeProvider time, TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Whatever the user's patience, a look at the cluster gets this long.</summary>
    private static readonly TimeSpan ShortestLook = TimeSpan.FromSeconds(5);

    // The operator says what became of an order a moment before it removes it.
    private const int MostLooksForRemoval = 6;

    /// <param name="name">Name of the ModelDeployment.</param>
    /// <param name="choose">The order for the ModelDeployment as it is.</param>
    /// <param name="patience">How long to wait for the operator.</param>
    /// <param name="cancellationToken">Ends the wait; the order stays.</param>
    public async Task SendAsync(string name, Func<Model, string> choose, TimeSpan patience, CancellationToken cancellationToken)
    {
        var model = await models.GetAsync(name, cancellationToken);
        for (int look = 0; look < MostLooksForRemoval && model.PendingOrder is { } last && last == model.Status.LastOrder?.Order; look++)
        {
            await Task.Delay(Pause, time, cancellationToken);
            model = await models.GetAsync(name, cancellationToken);
        }

        string order = choose(model);
        if (model.PendingOrder is { } pending)
        {
            throw CliException.Refused(
                $"{name}: the order \"{Words.Plain(pending)}\" still waits for the operator; {Operator.HowToLook}\n"
                + $"To take it back: {TakeBack(name)}");
        }

        await models.PatchAsync(name, Annotate(order), cancellationToken);
        var (outcome, problem) = await AwaitAsync(name, order, model.Status.LastOrder, patience, cancellationToken);
        if ((outcome ?? await WithdrawAsync(name, order, model.Status.LastOrder, patience, problem, cancellationToken)) is { } known)
        {
            Tell(name, known);
        }
    }

    private async Task<(LastOrder? Outcome, string? Problem)> AwaitAsync(
        string name, string order, LastOrder? before, TimeSpan patience, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        string? problem = null;
        try
        {
            while (patience - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left < Pause ? left : Pause, time, cancellationToken);
                try
                {
                    var seen = await models.GetAsync(name, left > ShortestLook ? left : ShortestLook, cancellationToken);
                    problem = null;
                    if (IsAnswer(seen.Status.LastOrder, order, before))
                    {
                        return (seen.Status.LastOrder, null);
                    }
                }
                catch (CliException e)
                {
                    // An API server that restarts is back in a moment.
                    problem = e.Message;
                }
            }
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync(
                $"{Tool.Name}: {name}: interrupted; the order \"{order}\" is given, and the operator may carry it out. To take it back: "
                + $"{TakeBack(name)}");
            throw;
        }

        return (null, problem);
    }

    // The operator may take it up at the last moment, and somebody else may have put another in its place.
    private async Task<LastOrder?> WithdrawAsync(
        string name, string order, LastOrder? before, TimeSpan patience, string? problem, CancellationToken cancellationToken)
    {
        var withdrawn = await models.WithdrawAsync(name, order, cancellationToken);
        string waited = $"{name}: the operator did not take up the order \"{order}\" in {Words.Time(patience.TotalSeconds)}";
        if (withdrawn.Succeeded)
        {
            throw new CliException(
                ExitCodes.NoAnswer,
                $"{waited}. The order is taken back; nothing will come of it. An operator older than this plugin does not know orders. "
                + $"If yours does, {Operator.HowToLook}");
        }

        Model seen;
        try
        {
            seen = await models.GetAsync(name, cancellationToken);
        }
        catch (CliException e)
        {
            throw new CliException(
                ExitCodes.NoAnswer,
                $"{waited}, and it could not be taken back: the operator may still carry it out. {problem ?? e.Message}\n"
                + $"To take it back: {TakeBack(name)}");
        }

        if (IsAnswer(seen.Status.LastOrder, order, before))
        {
            return seen.Status.LastOrder;
        }

        throw new CliException(ExitCodes.NoAnswer, seen.PendingOrder switch
        {
            null => $"{waited}, and somebody took it back. Look at kubectl model status {name}{models.Place.Options}",
            { } other when other == order =>
                $"{waited}, and it could not be taken back: {KubectlFailure.Said(withdrawn.Errors)}\nTo take it back: {TakeBack(name)}",
            { } other => $"{waited}: somebody put another in its place, \"{Words.Plain(other)}\"",
        });
    }

    private void Tell(string name, LastOrder answer)
    {
        string message = Words.Plain(answer.Message);
        if (answer.Outcome != nameof(OrderOutcome.Done))
        {
            throw CliException.Refused($"{name}: the operator refused \"{answer.Order}\": {message}");
        }

        output.WriteLine($"{name}: {answer.Order}: {message}");
        output.WriteLine($"What follows from it: kubectl model status {name}{models.Place.Options}");
    }

    private string TakeBack(string name) => $"kubectl annotate mdep {name} {Labels.Control}-{models.Place.Options}";

    private static bool IsAnswer(LastOrder? seen, string order, LastOrder? before) => seen?.Order == order && seen.IsOtherThan(before);

    private static JsonObject Annotate(string order) =>
        new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Labels.Control] = order } } };
}
