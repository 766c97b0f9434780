using System.Runtime.InteropServices;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Configuration;
using ModelOperator.Router;
using ModelOperator.Router.Watching;

using ILoggerFactory loggers = LoggerFactory.Create(logging => logging
    .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
    .AddFilter("Yarp", LogLevel.Error)
    .AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.UseUtcTimestamp = true;
        console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    }));
ILogger log = loggers.CreateLogger("ModelOperator.Router");
TimeProvider timeProvider = TimeProvider.System;

var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);

RouterOptions options;
RouterHost made;
KubernetesClient api;
try
{
    options = RouterOptions.FromEnvironment(Environment.GetEnvironmentVariable);
    KubernetesClientConfiguration cluster = KubernetesConfigurationLoader.Load(timeProvider, log);
    api = new KubernetesClient(cluster, timeProvider, loggers.CreateLogger<KubernetesClient>());
    made = new RouterHost(options, loggers, timeProvider, api);
}
catch (Exception e) when (e is FormatException or KubernetesConfigurationException)
{
    LogMessages.InvalidConfiguration(log, e.Message);
    return 1;
}

using KubernetesClient client = api;
await using RouterHost host = made;
var watcher = new ClusterWatcher(client, options.Namespace, host.State, host.Peers, host.Readiness, timeProvider, loggers);
using var ending = new CancellationTokenSource();
await host.StartAsync(CancellationToken.None);
Task watching = watcher.RunAsync(ending.Token);
LogMessages.Started(log, options.PodName, options.Namespace);

// A router that no longer hears of changes would route ever more wrongly, so it ends when its watch does.
await Task.WhenAny(told.Task, watching);
bool asked = told.Task.IsCompleted;
if (watching.Exception is { } fault)
{
    LogMessages.WatchFailed(log, fault.GetBaseException());

    // Whom it would route to, and whether there are other routers, it does not know any more.
    host.Readiness.Synced = false;
}

await RouterShutdown.RunAsync(host, options, timeProvider, log);
await ending.CancelAsync();
await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
return asked ? 0 : 1;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    told.TrySetResult();
}
