using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads what somebody says of predictions: whether they were right, or how good they were.</summary>
internal static class RewardReader
{
    public static (double[] Rewards, bool IsOfWholeRequest) Read(
        ref Utf8JsonReader reader, string what, bool ofBooleans, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return ([ReadOne(ref reader, what, ofBooleans)], true);
        }

        List<double> rewards = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (rewards.Count == limits.MaxLabels)
            {
                throw new ProtocolException($"{what} has more than {limits.MaxLabels} values, the limit");
            }

            rewards.Add(ReadOne(ref reader, $"{what}[{rewards.Count}]", ofBooleans));
        }

        return rewards.Count > 0
            ? ([.. rewards], false)
            : throw new ProtocolException($"{what} is an empty list, expected a value for each row of the batch");
    }

    private static double ReadOne(ref Utf8JsonReader reader, string what, bool ofBooleans) => reader.TokenType switch
    {
        JsonTokenType.True when ofBooleans => 1,
        JsonTokenType.False when ofBooleans => 0,
        JsonTokenType.Number when !ofBooleans && reader.TryGetDouble(out double reward) && reward is >= 0 and <= 1 => reward,
        _ => throw new ProtocolException(
            $"{what} is {JsonText.Describe(ref reader)}, expected {(ofBooleans ? "true or false" : "a number from 0 to 1")}"),
    };
}
