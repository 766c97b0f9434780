using System.CommandLine;

namespace ModelOperator.Cli.Show;

/// <summary>Whether people or programs read the output.</summary>
internal static class OutputOption
{
    public const string Text = "text";

    public static Option<string> Create()
    {
        Option<string> option = new("--output", "-o")
        {
            Description = "text, or json or yaml: the objects as kubectl get prints them",
            HelpName = "text|json|yaml",
            DefaultValueFactory = _ => Text,
        };
        return option.AcceptOnlyFromAmong(Text, "json", "yaml");
    }
}
