using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads the truth: a label, or a list of them for a batch. A label is compared as text, so 7, 7.0 and "7" are the same.</summary>
internal static class LabelReading
{
    public static List<string> ReadTruth(ref Utf8JsonReader reader, ProtocolLimits limits)
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
