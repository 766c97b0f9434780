using Microsoft.Net.Http.Headers;
using ModelOperator.Evidence;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Keys;

namespace ModelOperator.Router.Admin;

/// <summary>
/// Lets the operator and the other routers of the namespace in, who hold its keys; everybody else only sees health and metrics. What decides a rollout
/// comes and goes here.
/// </summary>
internal sealed class AdminGuard(KeyRing keys, RouterOptions options)
{
    private const string Scheme = "Bearer ";

    // Compared as routing does. Whatever else there is, or will be, is closed.
    private static readonly HashSet<string> Open = new(["/healthz", "/readyz", "/metrics"], StringComparer.OrdinalIgnoreCase);

    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (Open.Contains(context.Request.Path.Value ?? "")) return next(context);
        string header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && RouterToken.IsFor(options.PodName, keys.Current, header[Scheme.Length..]))
        {
            return next(context);
        }

        return RouterError.WriteAsync(
            context, StatusCodes.Status401Unauthorized, $"only the operator and the routers of namespace '{options.Namespace}' are answered here",
            HeaderNames.WWWAuthenticate, "Bearer");
    }
}
