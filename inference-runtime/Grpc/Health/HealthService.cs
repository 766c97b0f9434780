using ModelOperator.Grpc.Health.V1;
using static ModelOperator.Grpc.Health.V1.HealthCheckResponse.Types;

namespace ModelOperator.Grpc.Health;

/// <summary><c>grpc.health.v1.Health</c></summary>
public sealed class HealthService(IHealthSource source, TimeProvider time)
{
    private const string Name = "grpc.health.v1.Health";

    /// <summary>How late a watcher may learn of a change.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    public IEnumerable<GrpcMethod> Methods =>
    [
        UnaryMethod.Create(Name, "Check", HealthCheckRequest.Parser, (request, _) => ValueTask.FromResult(Check(request))),
        UnaryMethod.Create(Name, "List", HealthListRequest.Parser, (_, _) => ValueTask.FromResult(List())),
        UnaryMethod.CreateServerStreaming(Name, "Watch", HealthCheckRequest.Parser, WatchAsync),
    ];

    private HealthCheckResponse Check(HealthCheckRequest request) => Status(request.Service) is var status and not ServingStatus.ServiceUnknown
        ? new HealthCheckResponse { Status = status }
        : throw new RpcException(StatusCode.NotFound, $"there is no service '{request.Service}'");

    private HealthListResponse List()
    {
        HealthListResponse response = new();
        foreach (string service in source.Services)
        {
            response.Statuses.Add(service, new HealthCheckResponse { Status = Status(service) });
        }

        return response;
    }

    private async ValueTask WatchAsync(HealthCheckRequest request, GrpcCall call)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, source.Stopping);
        using PeriodicTimer timer = new(Poll, time);
        ServingStatus? told = null;
        try
        {
            do
            {
                ServingStatus status = Status(request.Service);
                if (status != told)
                {
                    await call.WriteAsync(new HealthCheckResponse { Status = status });
                    told = status;
                }
            }
            while (await timer.WaitForNextTickAsync(end.Token));
        }
        catch (OperationCanceledException) when (source.Stopping.IsCancellationRequested && !call.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.Unavailable, "the server is stopping");
        }
    }

    private ServingStatus Status(string service) =>
        !source.Services.Contains(service) ? ServingStatus.ServiceUnknown
        : source.IsServing(service) ? ServingStatus.Serving
        : ServingStatus.NotServing;
}
