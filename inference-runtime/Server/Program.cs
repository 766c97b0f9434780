using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ModelOperator.Server.Commands;

namespace ModelOperator.Server;

/// <summary>The program <c>inference-runtime</c>.</summary>
internal static class Program
{
    public static RootCommand CreateRoot()
    {
        RootCommand root = new("Serves an ONNX model over the Open Inference Protocol.")
        {
            ServeCommand.Create(),
            FetchCommand.Create(),
            EvaluateCommand.Create(),
        };
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new GroupedHelp((SynchronousCommandLineAction)help.Action!);
        }

        return root;
    }

    private static Task<int> Main(string[] arguments) => CommandRunner.RunAsync(CreateRoot(), arguments);
}
