using System.CommandLine;
using System.Text;
using ModelOperator.Cli;
using ModelOperator.Cli.Cluster;

await using var output = new StreamWriter(
    Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16);
var streams = new InvocationConfiguration { Output = output, Error = Console.Error };
return await Tool.RunAsync(args, Console.OpenStandardInput, streams, ClusterAccess.FromEnvironment());
