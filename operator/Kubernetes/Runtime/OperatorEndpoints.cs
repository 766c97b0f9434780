using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>What a kubelet asks an operator.</summary>
public static class OperatorEndpoints
{
    /// <summary>Serves <c>/healthz</c> (the process answers) and <c>/readyz</c> (it could work this moment, with or without the lease).</summary>
    public static IEndpointRouteBuilder MapOperatorProbes(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var host = endpoints.ServiceProvider.GetRequiredService<OperatorHost>();
        endpoints.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok\n", context.RequestAborted)));
        endpoints.MapGet("/readyz", (RequestDelegate)(context =>
        {
            var missing = host.NotReady;
            if (missing.Count == 0)
            {
                return context.Response.WriteAsync("ok\n", context.RequestAborted);
            }

            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync($"not ready: {string.Join(", ", missing)}\n", context.RequestAborted);
        }));
        return endpoints;
    }
}
