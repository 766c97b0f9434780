using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>What a kubelet asks an operator.</summary>
public static class OperatorEndpoints
{
    /// <summary>
    /// Serves <c>/healthz</c> (nothing in the process has come to a halt) and <c>/readyz</c> (it could work this moment, with or without
    /// the lease).
    /// </summary>
    public static IEndpointRouteBuilder MapOperatorProbes(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var host = endpoints.ServiceProvider.GetRequiredService<OperatorHost>();
        endpoints.MapGet(
            "/healthz", (RequestDelegate)(context => AnswerAsync(context, host.Stuck, StatusCodes.Status500InternalServerError, "stuck")));
        endpoints.MapGet(
            "/readyz",
            (RequestDelegate)(context => AnswerAsync(context, host.NotReady, StatusCodes.Status503ServiceUnavailable, "not ready")));
        return endpoints;
    }

    private static Task AnswerAsync(HttpContext context, IReadOnlyList<string> problems, int status, string what)
    {
        if (problems.Count == 0)
        {
            return context.Response.WriteAsync("ok\n", context.RequestAborted);
        }

        context.Response.StatusCode = status;
        return context.Response.WriteAsync($"{what}: {string.Join(", ", problems)}\n", context.RequestAborted);
    }
}
