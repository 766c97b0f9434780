using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

[SetUpFixture]
public sealed class StopApiServer
{
    [OneTimeTearDown]
    public Task Stop() => SharedApiServer.StopAsync();
}
