using ModelOperator.Testing;

namespace ModelOperator.Router.Tests;

[SetUpFixture]
public sealed class StopApiServer
{
    [OneTimeTearDown]
    public Task Stop() => SharedApiServer.StopAsync();
}
