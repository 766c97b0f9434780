using System.CommandLine;

namespace ModelOperator.Demo.Play;

/// <summary>The play as a program; its exit code says whether every rollout ended as it must.</summary>
public static class PlayCommand
{
    public static Command Command()
    {
        var kubectl = new Option<string>("--kubectl") { Description = "The kubectl to use; it finds the cluster by KUBECONFIG.", DefaultValueFactory = _ => "kubectl" };
        var @namespace = new Option<string>("--namespace") { Description = "Namespace of the play; made when absent.", DefaultValueFactory = _ => "model-operator-demo" };
        var image = new Option<string>("--image") { Description = "Image of this program.", DefaultValueFactory = _ => "localhost/model-operator-demo:dev" };
        var models = new Option<DirectoryInfo>("--models") { Description = "Folder of the model files.", DefaultValueFactory = _ => new DirectoryInfo("tests/models") };
        var rate = new Option<int>("--rate") { Description = "Requests a second.", DefaultValueFactory = _ => 100 };
        var disrupt = new Option<string?>("--disrupt") { Description = "Shell command to run in the middle of each rollout, such as one that kills the operator." };
        var command = new Command("play", "Roll out five models one after the other and check every verdict.") { kubectl, @namespace, image, models, rate, disrupt };
        command.SetAction(async (arguments, cancellationToken) => await RunAsync(
            arguments.GetValue(kubectl)!, arguments.GetValue(@namespace)!, arguments.GetValue(image)!,
            arguments.GetValue(models)!.FullName, arguments.GetValue(rate), arguments.GetValue(disrupt), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string kubectlPath, string @namespace, string image, string models, int rate, string? disruption, CancellationToken cancellationToken)
    {
        var kubectl = new Kubectl(kubectlPath, @namespace);
        var timeline = new Timeline(Console.Out, TimeProvider.System, colour: !Console.IsOutputRedirected);
        var player = new Player(
            kubectl, new Observer(kubectl, @namespace), new DemoManifests(@namespace, image, models, rate), timeline, TimeProvider.System, disruption);
        try
        {
            var results = await player.PlayAsync(cancellationToken);
            ResultTable.Write(Console.Out, results);
            return results.All(result => result.AsExpected) ? 0 : 1;
        }
        catch (Exception error) when (error is KubectlException or TimeoutException or InvalidOperationException)
        {
            timeline.Say(error.Message);
            return 1;
        }
    }
}
