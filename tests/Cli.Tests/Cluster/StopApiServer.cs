using ModelOperator.Testing;

namespace ModelOperator.Cli.Tests.Cluster;

[SetUpFixture]
public sealed class StopApiServer
{
    [OneTimeTearDown]
    public Task Stop() => SharedApiServer.StopAsync();
}
