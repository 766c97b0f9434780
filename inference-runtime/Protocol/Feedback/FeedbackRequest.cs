namespace ModelOperator.Protocol;

/// <summary>
/// A request to <c>POST v2/models/{name}/feedback</c>: how good the answer to an earlier request was. It holds either the truth, which is
/// held against the prediction, or the outcome itself. With a revision it stands for itself; without one it is about a request that a
/// server remembers.
/// </summary>
public sealed class FeedbackRequest
{
    /// <summary>The id of the request; of a feedback with a revision a name of its own, under which it counts once.</summary>
    public required string Id { get; init; }

    /// <summary>The revision that predicted; null when that is to be found by the id.</summary>
    public string? Revision { get; init; }

    /// <summary>The right answers, for each row of the batch; null when <see cref="Rewards"/> are given.</summary>
    public FeedbackValues? Truth { get; init; }

    /// <summary>With a revision and a truth: what was predicted.</summary>
    public FeedbackValues? Prediction { get; init; }

    /// <summary>How good the predictions were, each from 0 (wrong) to 1 (right); null when the truth is given.</summary>
    public IReadOnlyList<double>? Rewards { get; init; }

    /// <summary>Whether one outcome is meant for the whole request, whatever its number of rows.</summary>
    public bool IsOfWholeRequest { get; init; }

    /// <summary>Reads a feedback. Whatever the bytes are, the result is a feedback or a <see cref="ProtocolException"/>.</summary>
    public static FeedbackRequest Read(ReadOnlySpan<byte> json, ProtocolLimits limits) => FeedbackRequestReader.Read(json, limits);
}
