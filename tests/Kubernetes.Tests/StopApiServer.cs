using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests;

[SetUpFixture]
public sealed class StopApiServer
{
    [OneTimeTearDown]
    public Task Stop() => SharedApiServer.StopAsync();
}
