using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving;

/// <summary>Triton's extensions about models: their configurations, statistics and repository.</summary>
internal sealed class RepositoryEndpoints(ModelRepository models, ModelControl control, BodyReader bodies, Admission admission)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (string model in (string[])["/v2/models/{name}", "/v2/models/{name}/versions/{version}"])
        {
            routes.MapRead(model + "/config", ConfigAsync);
            routes.MapRead(model + "/stats", StatisticsAsync);
        }

        routes.MapRead("/v2/models/stats", AllStatisticsAsync);
        routes.MapPost("/v2/repository/index", (RequestDelegate)IndexAsync);
        routes.MapPost("/v2/repository/models/{name}/load", (RequestDelegate)LoadAsync);
        routes.MapPost("/v2/repository/models/{name}/unload", (RequestDelegate)UnloadAsync);
    }

    private Task ConfigAsync(HttpContext context) =>
        Responses.WriteAsync(context, ModelConfigs.Of(ModelRoute.Find(context, models), models), TritonJson.Default.ModelConfiguration);

    private Task StatisticsAsync(HttpContext context)
    {
        ServedModel found = ModelRoute.Find(context, models);
        return WriteAsync(context, context.Request.RouteValues.ContainsKey("version") ? [found] : models.Versions(found.Name));
    }

    private Task AllStatisticsAsync(HttpContext context) => WriteAsync(context, models.All);

    private async Task IndexAsync(HttpContext context)
    {
        bool ready = await ReadAsync(context, RepositoryRequest.ReadIndex);
        IReadOnlyList<ModelState> states = await control.IndexAsync(ready, context.RequestAborted);
        IReadOnlyList<RepositoryIndexEntry> entries =
            [.. states.Select(s => new RepositoryIndexEntry(s.Name, s.Version, s.State, s.Reason))];
        await Responses.WriteAsync(context, entries, TritonJson.Default.IReadOnlyListRepositoryIndexEntry);
    }

    private async Task LoadAsync(HttpContext context)
    {
        using Admission.Entry entry = admission.Enter();
        using PooledBuffer body = await bodies.ReadAsync(context.Request, entry, padding: 0, context.RequestAborted);
        // A file is in the body as text, and beside it as it is.
        entry.Reserve(body.Length);
        await control.LoadAsync(NameOf(context), RepositoryRequest.ReadLoad(body.Span), context.RequestAborted);
        await Responses.WriteAsync(context, ReadOnlyMemory<byte>.Empty);
    }

    private async Task UnloadAsync(HttpContext context)
    {
        await ReadAsync(context, CheckedUnload);
        await control.UnloadAsync(NameOf(context), context.RequestAborted);
        await Responses.WriteAsync(context, ReadOnlyMemory<byte>.Empty);
    }

    private static bool CheckedUnload(ReadOnlySpan<byte> body)
    {
        RepositoryRequest.CheckUnload(body);
        return true;
    }

    private static string NameOf(HttpContext context) => (string?)context.Request.RouteValues["name"] ?? "";

    private async Task<T> ReadAsync<T>(HttpContext context, Func<ReadOnlySpan<byte>, T> read)
    {
        using Admission.Entry entry = admission.Enter();
        using PooledBuffer body = await bodies.ReadAsync(context.Request, entry, padding: 0, context.RequestAborted);
        return read(body.Span);
    }

    private static Task WriteAsync(HttpContext context, IReadOnlyList<ServedModel> asked) => Responses.WriteAsync(
        context, new ModelStatisticsList([.. asked.Select(StatisticsAnswers.Of)]), TritonJson.Default.ModelStatisticsList);
}
