using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Serving.Grpc;

namespace ModelOperator.Server.Tests.Grpc;

public sealed class WarmUpTests
{
    [Test]
    public async Task The_model_answers_the_made_up_messages()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        ServedModel model = server.Services.GetRequiredService<ModelRepository>().All[0];
        long before = model.Statistics.Read().InferenceCount;
        bool answered = await server.Services.GetRequiredService<GrpcWarmUp>().RunAsync(model, CancellationToken.None);

        Assert.That(before, Is.Zero, "what the server did to be ready is not what clients did");
        Assert.That(answered, Is.True);
        Assert.That(model.Statistics.Read().InferenceCount, Is.EqualTo(3), "once the model is ready its requests count");
    }

    [Test]
    public async Task Without_gRPC_there_is_nothing_to_warm_up()
    {
        await using TestServer server = await TestServer.DigitsAsync(o => o with { GrpcPort = -1 });

        bool answered = await server.Services.GetRequiredService<GrpcWarmUp>().RunAsync(
            server.Services.GetRequiredService<ModelRepository>().All[0], CancellationToken.None);

        Assert.That(answered, Is.False);
    }
}
