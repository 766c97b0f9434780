using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>
/// Reads the truth, or a prediction: a value, a list of them for a batch, or a list of lists for a batch of rows of several.
/// </summary>
internal static class FeedbackValuesReader
{
    public static FeedbackValues Read(ref Utf8JsonReader reader, string what, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return new FeedbackValues([ReadValue(ref reader, what, limits)], null);
        }

        List<FeedbackValue> values = [];
        int? width = null;
        for (int row = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; row++)
        {
            int before = values.Count;
            bool isRow = reader.TokenType == JsonTokenType.StartArray;
            if (row > 0 && isRow != width is not null)
            {
                throw new ProtocolException($"{what} mixes values and lists of values");
            }

            if (!isRow)
            {
                Add(ref reader, values, what, limits);
                continue;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Add(ref reader, values, what, limits);
            }

            width ??= values.Count - before;
            if (width == 0 || values.Count - before != width)
            {
                throw new ProtocolException(
                    $"{what}[{row}] has {values.Count - before} values, expected {Math.Max(width.Value, 1)} in every row");
            }
        }

        return values.Count > 0
            ? new FeedbackValues(values, width)
            : throw new ProtocolException($"{what} is an empty list, expected a value for each row of the batch");
    }

    private static void Add(ref Utf8JsonReader reader, List<FeedbackValue> values, string what, ProtocolLimits limits)
    {
        if (values.Count == limits.MaxLabels)
        {
            throw new ProtocolException($"{what} has more than {limits.MaxLabels} values, the limit");
        }

        values.Add(ReadValue(ref reader, $"{what}[{values.Count}]", limits));
    }

    private static FeedbackValue ReadValue(ref Utf8JsonReader reader, string what, ProtocolLimits limits)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new FeedbackValue(JsonText.Read(ref reader, what, limits.MaxLabelLength), null);
            case JsonTokenType.Number when reader.TryGetInt64(out long whole):
                return new FeedbackValue(whole.ToString(), whole);
            case JsonTokenType.Number when reader.TryGetUInt64(out ulong large):
                return new FeedbackValue(large.ToString(), large);
            case JsonTokenType.Number when reader.TryGetDouble(out double number) && double.IsFinite(number):
                bool isWhole = number == Math.Truncate(number) && Math.Abs(number) < 1L << 53;
                return new FeedbackValue(isWhole ? ((long)number).ToString() : null, number);
            default:
                throw new ProtocolException($"{what} is {JsonText.Describe(ref reader)}, expected a number or a string");
        }
    }
}
