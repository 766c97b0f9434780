namespace ModelOperator.Demo.Load;

/// <summary>A request that failed, as far as the generator knows.</summary>
/// <param name="Kind">infer or feedback.</param>
/// <param name="Number">Which request of the load it was, from 0.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Seconds">How long until it had failed.</param>
/// <param name="Id">The router's id of the request, REVISION.POD.RANDOM; null when no answer named one.</param>
/// <param name="Revision">The revision that answered or should have; null when no answer named one.</param>
/// <param name="Error">What went wrong.</param>
public sealed record FailedRequest(string Kind, long Number, DateTimeOffset At, double Seconds, string? Id, string? Revision, string Error)
{
    public override string ToString() =>
        $"{Kind} {Number} at {At:HH:mm:ss.fff}, after {Seconds:F1} s, revision {Revision ?? "unknown"}, id {Id ?? "unknown"}: {Error}";
}
