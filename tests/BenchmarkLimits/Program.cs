using System.CommandLine;
using ModelOperator.BenchmarkLimits.Kestrel;
using ModelOperator.BenchmarkLimits.Loop;

return await new RootCommand("Limits that the inference runtime is measured against.")
{
    KestrelCommand.Create("null", "Kestrel that receives requests whole and answers 200 with nothing", Answers.NothingAsync),
    KestrelCommand.Create("echo", "Kestrel that answers with the body it received, copied once in memory", Answers.EchoAsync),
    LoopCommand.Create(),
    PacedCommand.Create(),
}.Parse(args).InvokeAsync();
