namespace ModelOperator.Server.Serving;

/// <summary>How paths are mapped.</summary>
internal static class Routes
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps a path that is only read: HEAD gets the headers that GET would, as HTTP has it.</summary>
    public static void MapRead(this IEndpointRouteBuilder routes, string pattern, RequestDelegate handler) =>
        routes.MapMethods(pattern, Reading, handler);
}
