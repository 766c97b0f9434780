using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;
using ModelOperator.Evidence;
using ModelOperator.Router.Forwarding;

namespace ModelOperator.Router.Admin;

/// <summary>
/// Lets the operator and the other routers of the namespace in, who hold its keys; everybody else only sees health and metrics. What
/// decides a rollout comes and goes here, so an answer shows who gave it.
/// </summary>
internal sealed class AdminGuard(KeyRing keys, RouterOptions options, TimeProvider timeProvider)
{
    private const int LongestNonce = 64;

    // Compared as routing does. Whatever else there is, or will be, is closed.
    private static readonly HashSet<string> Open = new(["/healthz", "/readyz", "/metrics"], StringComparer.OrdinalIgnoreCase);

    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (Open.Contains(context.Request.Path.Value ?? ""))
        {
            return next(context);
        }

        if (PodToken.IsIn(context.Request.Headers.Authorization, options.PodName, keys.Current))
        {
            string nonce = context.Request.Headers[RouterProof.NonceHeader].ToString();
            return nonce.Length is > 0 and <= LongestNonce ? ProveAsync(context, next, nonce) : next(context);
        }

        return RouterError.WriteAsync(
            context, StatusCodes.Status401Unauthorized,
            $"only the operator and the routers of namespace '{options.Namespace}' are answered here",
            HeaderNames.WWWAuthenticate, "Bearer");
    }

    private async Task ProveAsync(HttpContext context, RequestDelegate next, string nonce)
    {
        HttpResponse response = context.Response;
        string asked = $"{context.Request.Method} {context.Request.GetEncodedPathAndQuery()}";
        Stream sent = response.Body;
        using var answer = new MemoryStream();
        response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = sent;
        }

        ReadOnlyMemory<byte> body = answer.GetBuffer().AsMemory(0, (int)answer.Length);
        response.Headers[RouterProof.ProofHeader] = RouterProof.Of(
            options.PodName, nonce, asked, response.StatusCode, body.Span, keys.Current, timeProvider.GetUtcNow());
        response.ContentLength = body.Length;
        await sent.WriteAsync(body, context.RequestAborted);
    }
}
