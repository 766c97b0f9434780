using System.CommandLine;
using ModelOperator.Server.Commands;

namespace ModelOperator.Server;

/// <summary>The program <c>inference-runtime</c>.</summary>
internal static class Program
{
    public static RootCommand CreateRoot() => new("Serves an ONNX model over the Open Inference Protocol.")
    {
        ServeCommand.Create(),
        FetchCommand.Create(),
        EvaluateCommand.Create(),
    };

    private static Task<int> Main(string[] arguments) => CommandRunner.RunAsync(CreateRoot(), arguments);
}
