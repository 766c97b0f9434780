using System.CommandLine;
using ModelOperator.Server;
using ModelOperator.Server.Commands;

RootCommand root = new("Serves an ONNX model over the Open Inference Protocol.")
{
    ServeCommand.Create(),
    FetchCommand.Create(),
    EvaluateCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    TerminationMessage.Write(
        new TerminatingException(FailureReasons.InvalidConfiguration, string.Join("; ", parsed.Errors.Select(e => e.Message))));
}

// Signals are the commands' own business: a server that is told to stop drains first.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
