using System.Globalization;
using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Router.Feedback;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Admin;

/// <summary>What routers ask of each other: to count an outcome whose key the other keeps, and whether it has counted one.</summary>
internal sealed class OutcomeEndpoints(RoutingState state, OutcomeLedger ledger, OutcomeCounter counter)
{
    private static readonly int Most = new ProtocolLimits().MaxLabels;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1/outcomes/{key}", (RequestDelegate)FindAsync);
        endpoints.MapPost("/v1/models/{name}/revisions/{revision}/outcomes/{key}", (RequestDelegate)CountAsync);
    }

    private Task FindAsync(HttpContext context)
    {
        if (KeyOf(context) is not { } key)
        {
            return BadKeyAsync(context);
        }

        return ledger.Find(key) is { } counted
            ? AnswerAsync(context, new OutcomeAnswer(counted.Correct, counted.Incorrect, Duplicate: true))
            : RouterError.WriteAsync(context, StatusCodes.Status404NotFound, "nothing was counted under this key here");
    }

    private async Task CountAsync(HttpContext context)
    {
        if (KeyOf(context) is not { } key)
        {
            await BadKeyAsync(context);
            return;
        }

        string name = (string)context.Request.RouteValues["name"]!, revision = (string)context.Request.RouteValues["revision"]!;
        if (state.Current.Find(name)?.Revisions.ContainsKey(revision) != true)
        {
            await RouterError.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                $"model '{RouterError.Shown(name)}' has no revision '{RouterError.Shown(revision)}'");
            return;
        }

        if (Count(context, "correct") is not { } correct || Count(context, "incorrect") is not { } incorrect)
        {
            await RouterError.WriteAsync(
                context, StatusCodes.Status400BadRequest,
                $"parameters correct and incorrect must be whole numbers from 0 to {Most}, as many as a feedback has");
            return;
        }

        await AnswerAsync(context, await counter.CountAsync(name, revision, key, new Outcomes(correct, incorrect), context.RequestAborted));
    }

    private static FeedbackKey? KeyOf(HttpContext context) =>
        FeedbackKey.TryParse((string?)context.Request.RouteValues["key"], out FeedbackKey key) ? key : null;

    private static int? Count(HttpContext context, string name) =>
        int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= Most
            ? count
            : null;

    private static Task BadKeyAsync(HttpContext context) =>
        RouterError.WriteAsync(context, StatusCodes.Status400BadRequest, "the key must be 32 hexadecimal digits");

    private static Task AnswerAsync(HttpContext context, OutcomeAnswer answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(answer, OutcomeJson.Default.OutcomeAnswer), context.RequestAborted).AsTask();
    }
}
