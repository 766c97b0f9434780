using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Control;

/// <summary>Commands that set spec.rollout.paused: pause, resume.</summary>
internal static class PauseCommands
{
    private const string Examples = """
        This sets spec.rollout.paused. Where manifests come from Git, set it there too: the next synchronization undoes what the
        manifest does not say.

        Examples:
          kubectl model pause digits
          kubectl model resume digits


        """;

    public static IEnumerable<Command> All(ClusterAccess access) =>
    [
        Make(access, "pause", "Hold the rollout where it is: the canary keeps its weight and is judged on.", PauseAsync),
        Make(access, "resume", "Let the rollout that kubectl model pause holds go on.", ResumeAsync),
    ];

    private static Command Make(
        ClusterAccess access, string name, string description, Func<ModelClient, Model, CancellationToken, Task<string>> act)
    {
        Command command = new(name, description) { ClusterOptions.Name };
        ClusterOptions.AddTo(command);
        Tool.AddHelp(command, Examples + ExitCodes.Help);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var models = ClusterOptions.Models(parsed, access);
            var model = await models.GetAsync(parsed.GetRequiredValue(ClusterOptions.Name), cancellationToken);
            parsed.InvocationConfiguration.Output.WriteLine($"{model.Name} {await act(models, model, cancellationToken)}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string> PauseAsync(ModelClient models, Model model, CancellationToken cancellationToken)
    {
        string until = $"until: kubectl model resume {model.Name}{models.Place.Options}";
        string effect = model.Status.CanaryRevision is { } canary
            ? $"canary {canary} keeps its weight and is judged on, and harm still rolls it back; nothing begins, "
                + $"gets more requests or is promoted {until}"
            : $"no rollout begins {until}";
        if (model.IsPaused)
        {
            return $"is paused already: {effect}";
        }

        var paused = await models.PatchAsync(model.Name, Patch(JsonValue.Create(true)), cancellationToken);
        return paused.IsPaused
            ? $"is paused: {effect}"
            : throw CliException.Failed(
                $"{model.Name} is not paused: the cluster's CustomResourceDefinition does not know spec.rollout.paused and dropped it. "
                + "It is older than this plugin; upgrade the operator with its definition. To stop the rollout now, "
                + "apply the stable revision's spec again");
    }

    private static async Task<string> ResumeAsync(ModelClient models, Model model, CancellationToken cancellationToken)
    {
        if (model.IsPaused)
        {
            await models.PatchAsync(model.Name, Patch(null), cancellationToken);
            return model.Status switch
            {
                { Rollout.PauseStartedAt: not null } => $"is not paused by its spec any more, and {AtPause(model, models.Place)}",
                { CanaryRevision: { } canary } => $"goes on: canary {canary} may get more requests and be promoted",
                _ => "goes on: a change of the spec begins a rollout",
            };
        }

        return model.IsAtPause
            ? throw CliException.Refused($"{model.Name} is not paused by spec.rollout.paused: {AtPause(model, models.Place)}")
            : "is not paused: nothing was changed";
    }

    private static string AtPause(Model model, Place place) =>
        $"its canary waits at a pause of spec.rollout.steps. To end that, run kubectl model promote {model.Name}{place.Options}";

    private static JsonObject Patch(JsonNode? paused) =>
        new() { ["spec"] = new JsonObject { ["rollout"] = new JsonObject { ["paused"] = paused } } };
}
