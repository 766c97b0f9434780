using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// <c>grpc.health.v1.Health</c>, for the server (the empty name) and the inference service. Both answers come from the same source: a
/// watcher of ASP.NET Core's health checks, which are published by a timer, is not told of a change that ends before the next tick, and can
/// be left with the wrong status.
/// </summary>
internal sealed class HealthService(ServerHealth health, IHostApplicationLifetime lifetime, TimeProvider time) : Health.HealthBase
{
    /// <summary>How late a watcher may learn of a change.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        StatusOf(request.Service) is var status and not ServingStatus.ServiceUnknown
            ? Task.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(new Status(StatusCode.NotFound, $"there is no service '{request.Service}'"));

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        using PeriodicTimer timer = new(Poll, time);
        ServingStatus? told = null;
        try
        {
            do
            {
                ServingStatus status = StatusOf(request.Service);
                if (status != told)
                {
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken);
                    told = status;
                }
            }
            while (await timer.WaitForNextTickAsync(end.Token));
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested
            && !context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the server is stopping"));
        }
    }

    private ServingStatus StatusOf(string service) =>
        service is not ("" or GrpcServices.Inference) ? ServingStatus.ServiceUnknown
        : health.Ready ? ServingStatus.Serving
        : ServingStatus.NotServing;
}
