namespace ModelOperator.Grpc.Health;

/// <summary>Knows how services do.</summary>
public interface IHealthSource
{
    /// <summary>Full names of the services it speaks of; the empty name is the server's as a whole.</summary>
    IReadOnlyList<string> Services { get; }

    /// <summary>Whether calls of a service would be served now.</summary>
    bool IsServing(string service);

    /// <summary>Ends watches: the server is about to stop and waits for no stream.</summary>
    CancellationToken Stopping { get; }
}
