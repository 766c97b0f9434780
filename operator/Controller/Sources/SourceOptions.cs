using ModelOperator.Addressing;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// How foreign sources of evidence are asked: Prometheus and webhooks, at addresses that users of a namespace write down.
/// </summary>
internal sealed record SourceOptions
{
    /// <summary>Largest answer in bytes.</summary>
    public int LargestAnswer { get; init; } = 1024 * 1024;

    /// <summary>Attempts after the first, of what never reached the other side.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Connections to one server at a time; further questions wait for one within their time.</summary>
    public int ConnectionsPerServer { get; init; } = 16;

    /// <summary>How long a reconcile waits for the sources it has just asked; later answers are for the next one.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Where sources may be, besides at public addresses.</summary>
    public AllowedNetworks Networks { get; init; } = SourceAddress.Parse(list: null, out _)!;
}
