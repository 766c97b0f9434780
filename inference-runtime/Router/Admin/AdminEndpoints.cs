using System.Globalization;
using System.Text.Json;
using ModelOperator.Evidence;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Recording;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Admin;

/// <summary>What the admin port serves to probes and to the operator.</summary>
internal static class AdminEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, RouterReadiness readiness, RoutingState state, EvidenceRecorder evidence)
    {
        endpoints.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok", context.RequestAborted)));
        endpoints.MapGet("/readyz", (RequestDelegate)(context => ReadyAsync(context, readiness)));
        endpoints.MapGet("/v1/models/{name}/ticks", (RequestDelegate)(context => TicksAsync(context, state, evidence)));
    }

    private static Task ReadyAsync(HttpContext context, RouterReadiness readiness)
    {
        if (!readiness.IsReady)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        string text = readiness.Terminating ? "terminating" : readiness.Synced ? "ok" : "the routing tables are not read yet";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static async Task TicksAsync(HttpContext context, RoutingState state, EvidenceRecorder evidence)
    {
        string? text = context.Request.Query["since"];
        long since = 0;
        if (!string.IsNullOrEmpty(text) && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since))
        {
            await RouterError.WriteAsync(context, StatusCodes.Status400BadRequest,
                $"parameter since is '{RouterError.Shown(text)}' but must be a whole number from 0: the field next of the last report");
            return;
        }

        string name = (string?)context.Request.RouteValues["name"] ?? "";
        EvidenceReport report = evidence.Read(name, state.Current.Find(name)?.TableVersion ?? -1, since);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, report, EvidenceJson.Default.EvidenceReport, context.RequestAborted);
    }
}
