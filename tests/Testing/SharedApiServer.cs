namespace ModelOperator.Testing;

/// <summary>
/// One API server for all the tests of a project that need one, started by the first. A [SetUpFixture] of the project stops it in its
/// [OneTimeTearDown].
/// </summary>
public static class SharedApiServer
{
    private static readonly Lazy<Task<ApiServerFixture>> Server = new(ApiServerFixture.StartAsync);

    public static Task<ApiServerFixture> GetAsync() => Server.Value;

    /// <summary>Does nothing when no test needed one.</summary>
    public static async Task StopAsync()
    {
        if (Server.IsValueCreated && Server.Value.IsCompletedSuccessfully)
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}
