using System.CommandLine;

namespace ModelOperator.Demo.Play;

/// <summary>The play as a program; its exit code says whether every rollout ended as it must.</summary>
public static class PlayCommand
{
    public static Command Command()
    {
        var kubectl = new Option<string>("--kubectl")
        {
            Description = "The kubectl to use; it finds the cluster by KUBECONFIG.",
            DefaultValueFactory = _ => "kubectl",
        };
        var @namespace = new Option<string>("--namespace")
        {
            Description = "Namespace of the play; made when absent.",
            DefaultValueFactory = _ => "model-operator-demo",
        };
        var image = new Option<string>("--image")
        {
            Description = "Image of this program.",
            DefaultValueFactory = _ => "localhost/model-operator-demo:dev",
        };
        var models = new Option<DirectoryInfo>("--models")
        {
            Description = "Folder of the model files.",
            DefaultValueFactory = _ => new DirectoryInfo("tests/models"),
        };
        var rate = new Option<int>("--rate") { Description = "Requests a second.", DefaultValueFactory = _ => 100 };
        var logs = new Option<DirectoryInfo>("--logs")
        {
            Description = "Where logs are kept when something fails, in a folder named by the time.",
            DefaultValueFactory = _ => new DirectoryInfo("artifacts/demo"),
        };
        var stages = new Option<FileInfo?>("--stages")
        {
            Description = "File to which a line is added for each part of the play: its name, a tab, its seconds.",
        };
        var disrupt = new Option<string?>("--disrupt")
        {
            Description = "Shell command to run in the middle of each rollout, such as one that kills the operator.",
        };
        var command = new Command("play", "Roll out five models one after the other and check every verdict.")
        {
            kubectl,
            @namespace,
            image,
            models,
            rate,
            logs,
            stages,
            disrupt,
        };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            string place = arguments.GetValue(@namespace)!;
            string folder = Path.Combine(arguments.GetValue(logs)!.FullName, $"{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}");
            var tool = new Kubectl(arguments.GetValue(kubectl)!, place);
            var manifests = new DemoManifests(
                place, arguments.GetValue(image)!, arguments.GetValue(models)!.FullName, arguments.GetValue(rate));
            var timeline = new Timeline(Console.Out, TimeProvider.System, colour: !Console.IsOutputRedirected);
            var failures = new FailureReporter(new ClusterLogs(tool, place, folder), timeline);
            var player = new Player(
                tool, new Observer(tool, place), manifests, timeline, failures, TimeProvider.System, arguments.GetValue(disrupt));
            return await RunAsync(player, timeline, arguments.GetValue(stages)?.FullName, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Player player, Timeline timeline, string? stages, CancellationToken cancellationToken)
    {
        try
        {
            await player.PlayAsync(cancellationToken);
        }
        catch (Exception error) when (error is KubectlException or TimeoutException or InvalidOperationException)
        {
            timeline.Say(error.Message);
        }

        ResultTable.Write(Console.Out, player.Results);
        if (stages is not null)
        {
            var rollouts = player.Results.Select(result => Stage($"rollout of {result.Act.Title}", result.Duration));
            await File.AppendAllLinesAsync(stages, rollouts.Prepend(Stage("v1 and the load", player.StageTime)), cancellationToken);
        }

        return player.Results.Count == Act.All.Count && player.Results.All(result => result.AsExpected) ? 0 : 1;
    }

    private static string Stage(string name, TimeSpan duration) => $"{name}\t{duration.TotalSeconds:F0}";
}
