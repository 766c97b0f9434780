using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOperator.Server.Rest;

/// <summary>
/// Kestrel, with requests to infer taken out before the host's own handling of requests: its logging scopes, diagnostics, middleware and
/// routing cost as much as a small model.
/// </summary>
internal sealed class DirectServer(IServer inner, Func<string, RequestDelegate?> find) : IServer
{
    /// <summary>Puts this before the server that was added. Handlers are found by path; null leaves a path to the host.</summary>
    public static void Insert(IServiceCollection services, Func<IServiceProvider, Func<string, RequestDelegate?>> find)
    {
        ServiceDescriptor kestrel = services.Last(s => s.ServiceType == typeof(IServer));
        services.Remove(kestrel);
        services.AddSingleton<IServer>(provider => new DirectServer(Create(kestrel, provider), find(provider)));
    }

    private static IServer Create(ServiceDescriptor server, IServiceProvider provider) =>
        (IServer)(server.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, server.ImplementationType!));

    public IFeatureCollection Features => inner.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull =>
        inner.StartAsync(new DirectApplication<TContext>(application, find), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    public void Dispose() => inner.Dispose();
}
