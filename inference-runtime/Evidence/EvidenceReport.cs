using System.Text.Json.Serialization;

namespace ModelOperator.Evidence;

/// <summary>
/// What a router saw of one model, in ticks of one second: the answer to <c>GET /v1/models/{name}/ticks?since=N</c> on its
/// admin port. Ticks are numbered without end by one router process (an instance), so a reader that keeps (instance, next)
/// counts every request once, also after it was restarted.
/// </summary>
public sealed class EvidenceReport
{
    /// <summary>Largest report in bytes. What is more comes with the next.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>Identity of the router process; counts start anew with another.</summary>
    public required string Instance { get; init; }

    /// <summary>Version of the routing table in force for the model; -1 when the router does not know the model.</summary>
    public required long TableVersion { get; init; }

    /// <summary>The time of the report by the router's clock: with it a reader finds when ticks were by its own.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The oldest tick still kept: a reader whose cursor is older has missed something.</summary>
    public required long Oldest { get; init; }

    /// <summary>The cursor for the next call: all ticks below it are closed and never change again.</summary>
    public required long Next { get; init; }

    /// <summary>Whether there are closed ticks from next on already: they had no room.</summary>
    public bool IsCut { get; init; }

    /// <summary>Closed ticks in [since, next) in which something happened, in order.</summary>
    public required List<EvidenceTick> Ticks { get; init; }
}

/// <summary>One second of traffic.</summary>
public sealed class EvidenceTick
{
    public required long Sequence { get; init; }

    /// <summary>When the tick began, by the router's clock.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Counts by revision.</summary>
    public required Dictionary<string, RevisionCounts> Revisions { get; init; }
}

/// <summary>
/// What one revision did in one tick. An outcome counts in the tick in which it became known. Of requests and feedback only those count
/// whose revision was drawn by weight.
/// </summary>
public sealed class RevisionCounts
{
    /// <summary>Requests that ended, failed ones included, those of warm-ups left out.</summary>
    public long Requests { get; set; }

    /// <summary>Of these, answered 5xx or not at all.</summary>
    public long Errors { get; set; }

    /// <summary>Of these, refused by the model server with 4xx.</summary>
    public long Rejections { get; set; }

    /// <summary>
    /// Requests that were sent while their pod was warming up, however they ended: none of them is in Requests, Errors, Rejections or
    /// Latency.
    /// </summary>
    public long WarmUp { get; set; }

    /// <summary>
    /// Latency of requests that succeeded, and of those that the router gave up because they took too long: [bucket, count] pairs, see
    /// <see cref="LatencyBuckets"/>.
    /// </summary>
    public List<long[]> Latency { get; set; } = [];

    /// <summary>
    /// How long clients had waited that went away before they had the whole answer: [bucket, count] pairs. None of these is in Requests.
    /// </summary>
    public List<long[]> Abandoned { get; set; } = [];

    /// <summary>
    /// Predictions that were answered in this tick, those of warm-ups included; null from a router that does not count them: one a request.
    /// </summary>
    public long? Predictions { get; set; }

    /// <summary>
    /// Requests for which this revision was drawn in this tick, whoever answers them in the end. Draws while a revision with a weight
    /// could not be drawn, having no ready pod, are left out; so are requests that name their revision. Null from a router that does not
    /// count them.
    /// </summary>
    public long? Drawn { get; set; }

    /// <summary>Predictions whose truth came in this tick and matched.</summary>
    public long Correct { get; set; }

    /// <summary>Predictions whose truth came in this tick and did not match.</summary>
    public long Incorrect { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EvidenceReport))]
public sealed partial class EvidenceJson : JsonSerializerContext;
