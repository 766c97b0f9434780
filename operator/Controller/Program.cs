using System.Reflection;
using ModelOperator.Controller;
using ModelOperator.Controller.Sources;
using ModelOperator.Controller.Traffic;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Configuration;

const int WrongUse = 64;

switch (args)
{
    case []:
        break;
    case ["--version"]:
        Console.WriteLine(
            typeof(OperatorSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return 0;
    case ["--help"] or ["-h"]:
        Console.WriteLine(
            "model-operator: runs ModelDeployments in a Kubernetes cluster until it is told to end.\n\nEnvironment:\n"
            + $"{OperatorSettings.Help}");
        return 0;
    default:
        Console.Error.WriteLine($"model-operator: unknown argument \"{args[0]}\"; it takes its settings from the environment, see --help");
        return WrongUse;
}

(OperatorSettings? settings, IReadOnlyList<string> errors) = OperatorSettings.Read(Environment.GetEnvironmentVariable);
if (settings is null)
{
    foreach (string error in errors)
    {
        Console.Error.WriteLine($"model-operator: {error}");
    }

    return WrongUse;
}

using ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddConsole());
KubernetesClientConfiguration cluster;
try
{
    cluster = KubernetesConfigurationLoader.Load(TimeProvider.System, logging.CreateLogger("ModelOperator.Controller"));
}
catch (KubernetesConfigurationException e)
{
    Console.Error.WriteLine($"model-operator: {e.Message}");
    return WrongUse;
}

await using WebApplication application = OperatorApplication.Build(
    settings, cluster, new EvidenceOptions(), new SourceOptions { Networks = settings.SourceNetworks });
await application.RunAsync();
return Environment.ExitCode;
