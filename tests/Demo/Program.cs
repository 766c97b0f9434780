using System.CommandLine;
using ModelOperator.Demo;
using ModelOperator.Demo.Load;
using ModelOperator.Demo.Play;

var root = new RootCommand(
    "The demonstration of Model Operator: a model store and a load generator that run as pods, and the play itself.");
root.Subcommands.Add(ModelStore.Command());
root.Subcommands.Add(LoadCommand.Command());
root.Subcommands.Add(PlayCommand.Command());
return await root.Parse(args).InvokeAsync();
