using System.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Commands;

/// <summary><c>inference-runtime serve</c></summary>
internal static class ServeCommand
{
    private static readonly Option<int> Port = Options.Number(
        "--port", "Port to listen on, on all addresses; 0 takes a free one", 8080, 0, 65535);
    private static readonly Option<int> GrpcPort = Options.Number(
        "--grpc-port", "Port of gRPC, on all addresses; 0 takes a free one, -1 leaves gRPC out", 9000, -1, 65535);
    private static readonly Option<int> MaxRequests = Options.Number(
        "--max-requests", "Requests in the server at the same time, more are refused with 503", 512, 1, 1_000_000);
    private static readonly Option<int> MaxBodyMebibytes = Options.Number("--max-body-mebibytes", "Size of a request body", 64, 1, 1024);
    private static readonly Option<int> RequestTimeout = Options.Number(
        "--request-timeout-milliseconds", "How long a request may wait and compute", 30_000, 1, 3_600_000);
    private static readonly Option<int> Drain = Options.Number(
        "--drain-seconds", "After SIGTERM: how long requests that still arrive are served", 5, 0, 3600);
    private static readonly Option<int> FeedbackCapacity = Options.Number(
        "--feedback-capacity",
        "Predictions kept so that feedback can be held against them, of 40 bytes each at most",
        200_000,
        16,
        100_000_000);

    public static Command Create()
    {
        Command command = Options.Command(
            "serve",
            "Serves models: GET v2, v2/health/live, v2/health/ready, v2/models/NAME, metrics; POST v2/models/NAME/infer, "
            + "v2/models/NAME/feedback.",
            [
                .. ModelFlags.All, .. ExecutionFlags.OfExecution, .. ExecutionFlags.OfBatching, Port, GrpcPort,
                MaxRequests, MaxBodyMebibytes, RequestTimeout, .. LimitFlags.OfRequests, .. LimitFlags.OfNetwork,
                FeedbackFlags.Kind, FeedbackFlags.Output, FeedbackFlags.Tolerance, FeedbackCapacity, Drain,
                .. OperationsFlags.OfLogs, .. OperationsFlags.OfTraces,
            ]);
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(() => RunAsync(Read(parsed), cancellationToken)));
        return command;
    }

    private static ServeOptions Read(ParseResult parsed)
    {
        return ModelFlags.Read(parsed) with
        {
            Port = parsed.GetValue(Port),
            GrpcPort = parsed.GetValue(GrpcPort),
            Execution = ExecutionFlags.Read(parsed),
            MaxRequests = parsed.GetValue(MaxRequests),
            MaxBodyBytes = parsed.GetValue(MaxBodyMebibytes) * 1024L * 1024,
            RequestTimeout = TimeSpan.FromMilliseconds(parsed.GetValue(RequestTimeout)),
            Drain = TimeSpan.FromSeconds(parsed.GetValue(Drain)),
            Feedback = FeedbackFlags.Read(parsed) with { Capacity = parsed.GetValue(FeedbackCapacity) },
            FeedbackCallers = FeedbackCallers.OfEnvironment(Environment.GetEnvironmentVariable),
            Limits = LimitFlags.ReadRequests(parsed),
            Network = LimitFlags.ReadNetwork(parsed),
            Logs = OperationsFlags.ReadLogs(parsed),
            Traces = OperationsFlags.ReadTraces(parsed),
        };
    }

    private static async Task RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        OnnxLibrary.StartLoading();
        await using WebApplication app = ModelServer.Build(options);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new TerminatingException(
                FailureReasons.InvalidConfiguration, $"cannot listen on ports {options.Port} and {options.GrpcPort}: {e.Message}", e);
        }

        LogMessages.Listening(app.Logger, PortOf(app, 0));
        if (options.GrpcPort >= 0)
        {
            LogMessages.ListeningForGrpc(app.Logger, PortOf(app, 1));
        }

        await app.WaitForShutdownAsync(CancellationToken.None);
        if (app.Services.GetRequiredService<ExitState>().Failure is { } failure)
        {
            throw failure;
        }
    }

    private static int PortOf(WebApplication app, int index)
    {
        IServer server = app.Services.GetRequiredService<IServer>();
        return new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ElementAt(index)).Port;
    }
}
