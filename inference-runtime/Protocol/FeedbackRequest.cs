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
                truth = ReadTruth(ref reader, limits);
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

    private static List<string> ReadTruth(ref Utf8JsonReader reader, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return [ReadLabel(ref reader, "truth", limits)];
        }

        List<string> labels = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (labels.Count == limits.MaxLabels)
            {
                throw new ProtocolException($"truth has more than {limits.MaxLabels} labels, the limit");
            }

            labels.Add(ReadLabel(ref reader, $"truth[{labels.Count}]", limits));
        }

        return labels.Count > 0 ? labels : throw new ProtocolException("truth is an empty list, expected a label for each row of the batch");
    }

    private static string ReadLabel(ref Utf8JsonReader reader, string what, ProtocolLimits limits)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return JsonText.Read(ref reader, what, limits.MaxLabelLength);
            case JsonTokenType.Number when reader.TryGetInt64(out long label):
                return label.ToString();
            case JsonTokenType.Number when reader.TryGetDouble(out double label) && label == Math.Truncate(label) && Math.Abs(label) < 1L << 53:
                return ((long)label).ToString();
            default:
                throw new ProtocolException($"{what} is {JsonText.Describe(ref reader)}, expected a label: a whole number or a string");
        }
    }
}
