using System.Text.Json.Nodes;

namespace ModelOperator.Cli.Tests;

public sealed class FrameworkTests
{
    /// <summary>
    /// A framework reference is inherited by whoever refers to the project, so this holds for the planner and the API types too.
    /// </summary>
    [Test]
    public void The_plugin_and_all_it_is_made_of_need_no_AspNetCore()
    {
        var options = JsonNode.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "kubectl-model.runtimeconfig.json")))!["runtimeOptions"]!;
        var frameworks = options["frameworks"]?.AsArray() ?? [options["framework"]!.DeepClone()];

        Assert.That(frameworks.Select(framework => (string)framework!["name"]!), Is.EqualTo(new[] { "Microsoft.NETCore.App" }));
    }
}
