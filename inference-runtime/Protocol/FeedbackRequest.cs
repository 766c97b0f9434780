using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>
/// A request to <c>POST v2/models/{name}/feedback</c>: what the right answer to an earlier request was. A label is a whole number or a
/// string and is compared as text, so 7, 7.0 and "7" are the same label.
/// </summary>
public sealed class FeedbackRequest
{
    /// <summary>The id of the request.</summary>
    public required string Id { get; init; }

    /// <summary>The right labels: one for each row of the batch.</summary>
    public required IReadOnlyList<string> Truth { get; init; }

    /// <summary>Reads a feedback. Whatever the bytes are, the result is a feedback or a <see cref="ProtocolException"/>.</summary>
    public static FeedbackRequest Read(ReadOnlySpan<byte> json, ProtocolLimits limits) =>
        JsonText.Guard(json, (ref Utf8JsonReader reader) => Read(ref reader, limits));

    private static FeedbackRequest Read(ref Utf8JsonReader reader, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"the body must be a JSON object, not {JsonText.Describe(ref reader)}");
        }

        string? id = null;
        List<string>? truth = null;
        bool hasId = false, hasTruth = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                InferRequestReader.Once(ref hasId, "id");
                reader.Read();
                id = JsonText.Read(ref reader, "id", limits.MaxIdLength);
            }
            else if (reader.ValueTextEquals("truth"u8))
            {
                InferRequestReader.Once(ref hasTruth, "truth");
                reader.Read();
                truth = LabelReading.ReadTruth(ref reader, limits);
            }
            else
            {
                reader.Skip();
            }
        }

        return new FeedbackRequest
        {
            Id = id ?? throw new ProtocolException("id is missing: name the request that the truth is about"),
            Truth = truth ?? throw new ProtocolException("truth is missing: give the right label, or a list of them for a batch"),
        };
    }
}
