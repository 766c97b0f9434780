using System.CommandLine;
using ModelOperator.Fuzzing;
using ModelOperator.Fuzzing.Instrumentation;

Option<long> inputs = new("--inputs") { Description = "Inputs, shared by the targets", DefaultValueFactory = _ => 10_000_000 };
Option<int> seed = new("--seed")
{
    Description = "Begins the random numbers; the default is another one each time",
    DefaultValueFactory = _ => Random.Shared.Next(),
};
Option<string?> only = new("--target") { Description = "One target instead of all" };
Option<string> folder = new("--folder")
{
    Description = "Where inputs that led somewhere new are kept, and findings",
    DefaultValueFactory = _ => Path.Combine("artifacts", "fuzz"),
};
Argument<string[]> assemblies = new("assemblies") { Description = "Files to rewrite in place" };

Command instrument = new("instrument", "Makes assemblies count the branches they take") { assemblies };
instrument.SetAction(parsed =>
{
    foreach (string path in parsed.GetRequiredValue(assemblies))
    {
        Console.WriteLine($"{Path.GetFileName(path)}: {Instrumenter.Rewrite(path)} blocks instrumented");
    }
});
Command run = new("run", "Feeds the readers of clients' bytes with inputs, led by the branches they take") { inputs, seed, only, folder };
run.SetAction(parsed => FuzzSession.Run(
    parsed.GetValue(inputs), parsed.GetValue(seed), parsed.GetValue(only), parsed.GetRequiredValue(folder)));
return new RootCommand("Fuzzes what reads clients' bytes.") { instrument, run }.Parse(args).Invoke();
