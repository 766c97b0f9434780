using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Server.Serving;
using ModelOperator.Server.Serving.Grpc;

namespace ModelOperator.Server.Tests;

public sealed class EndpointWarmUpTests
{
    [Test]
    public async Task One_slow_moment_of_the_machine_does_not_make_a_model_one_that_runs_long([Values(1, 4, 7, 10)] int at)
    {
        await using TestServer server = await TestServer.DigitsAsync();
        EndpointWarmUp warmUp = new(
            server.Services.GetRequiredService<InferEndpoint>(), server.Services.GetRequiredService<GrpcWarmUp>(), new SlowMoment(at));

        TimeSpan took = await warmUp.RunAsync(server.Services.GetRequiredService<ModelRepository>().Find("digits", null), CancellationToken.None);

        Assert.That(took, Is.LessThan(ThreadRoom.Long));
    }

    /// <summary>Each look at the clock is a microsecond after the one before, but one of them a second.</summary>
    private sealed class SlowMoment(int at) : TimeProvider
    {
        private int _looks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            int look = Interlocked.Increment(ref _looks);
            return (look * TimeSpan.TicksPerMicrosecond) + (look > at ? TimeSpan.TicksPerSecond : 0);
        }
    }
}
