namespace ModelOperator.Grpc;

/// <summary>A method of a service: reads messages of a call and writes others.</summary>
/// <param name="service">Full name of the service, as <c>package.Service</c>.</param>
/// <param name="name">Name of the method.</param>
/// <param name="handler">Serves a call. What it throws becomes the call's status.</param>
public sealed class GrpcMethod(string service, string name, Func<GrpcCall, ValueTask> handler)
{
    public string Service => service;

    public string Name => name;

    /// <summary>What clients put into the request's path.</summary>
    public string Path { get; } = $"/{service}/{name}";

    /// <summary>Whether the client sends several messages, with pauses of any length; otherwise a slow client is cut off.</summary>
    public bool ClientStreams { get; init; }

    /// <summary>Whether answers are sent as they come; otherwise the only one goes out with the status.</summary>
    public bool ServerStreams { get; init; }

    /// <summary>Ends calls that take longer; null leaves that to the client.</summary>
    public TimeSpan? MaxDuration { get; init; }

    internal ValueTask InvokeAsync(GrpcCall call) => handler(call);
}
