using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving;

/// <summary>The model that a path names.</summary>
internal static class ModelRoute
{
    /// <summary>The model; others' names and versions are refused with 404.</summary>
    public static ServedModel Find(HttpContext context, ModelRepository models) =>
        models.Find(context.Request.RouteValues["name"] as string, context.Request.RouteValues["version"] as string);

    /// <summary>The model as it is loaded.</summary>
    public static OnnxModel Require(HttpContext context, ServedModel served)
    {
        if (served is { Healthy: true, Loaded: null })
        {
            // Where a container was started again before the routers noticed.
            context.Response.Headers[ModelHeaders.Draining] = "true";
        }

        return served.Require();
    }
}
