using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving;

/// <summary>The model that a path names.</summary>
internal static class ModelRoute
{
    /// <summary>Refuses other models' names and versions with 404.</summary>
    public static void Check(HttpContext context, ServedModel served)
    {
        string? name = context.Request.RouteValues["name"] as string;
        if (name != served.Name)
        {
            throw new ProtocolException(404, $"model '{name}' is unknown, this server has '{served.Name}'");
        }

        if (context.Request.RouteValues["version"] is string version && version != served.Version)
        {
            throw new ProtocolException(404, $"version '{version}' of model '{name}' is unknown, this server has '{served.Version}'");
        }
    }

    /// <summary>The model, if it is the one named and can be used.</summary>
    public static OnnxModel Require(HttpContext context, ServedModel served)
    {
        Check(context, served);
        if (!served.Healthy)
        {
            throw new OverloadedException($"model '{served.Name}' is broken, its server waits to be restarted");
        }

        if (served.Loaded is not { } model)
        {
            // Where a container was started again before the routers noticed.
            context.Response.Headers[ModelHeaders.Draining] = "true";
            throw new OverloadedException($"model '{served.Name}' is not loaded yet");
        }

        return model;
    }
}
