using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads feedback, whose fields may come in any order.</summary>
internal sealed class FeedbackRequestReader(ProtocolLimits limits)
{
    private const int MaxRevisionLength = 63;

    private string? _id;
    private string? _revision;
    private FeedbackValues? _truth;
    private FeedbackValues? _prediction;
    private double[]? _rewards;
    private bool _whole;
    private string? _outcome;

    public static FeedbackRequest Read(ReadOnlySpan<byte> json, ProtocolLimits limits)
    {
        FeedbackRequestReader fields = new(limits);
        return JsonText.Guard(json, (ref Utf8JsonReader reader) => fields.Read(ref reader));
    }

    private FeedbackRequest Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"the body must be a JSON object, not {JsonText.Describe(ref reader)}");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                Once(_id, "id");
                reader.Read();
                _id = JsonText.Read(ref reader, "id", limits.MaxIdLength);
            }
            else if (reader.ValueTextEquals("revision"u8))
            {
                Once(_revision, "revision");
                reader.Read();
                _revision = JsonText.Read(ref reader, "revision", MaxRevisionLength);
            }
            else if (reader.ValueTextEquals("prediction"u8))
            {
                Once(_prediction, "prediction");
                reader.Read();
                _prediction = FeedbackValuesReader.Read(ref reader, "prediction", limits);
            }
            else if (reader.ValueTextEquals("truth"u8))
            {
                Choose("truth");
                reader.Read();
                _truth = FeedbackValuesReader.Read(ref reader, "truth", limits);
            }
            else if (reader.ValueTextEquals("correct"u8))
            {
                Choose("correct");
                reader.Read();
                (_rewards, _whole) = RewardReader.Read(ref reader, "correct", ofBooleans: true, limits);
            }
            else if (reader.ValueTextEquals("reward"u8))
            {
                Choose("reward");
                reader.Read();
                (_rewards, _whole) = RewardReader.Read(ref reader, "reward", ofBooleans: false, limits);
            }
            else
            {
                reader.Skip();
            }
        }

        return Checked();
    }

    private FeedbackRequest Checked()
    {
        if (string.IsNullOrEmpty(_id))
        {
            throw new ProtocolException("id is missing: name the request that the feedback is about");
        }

        if (_outcome is null)
        {
            throw new ProtocolException(
                "truth is missing: give the right answer, or a list of them for a batch; or else correct or reward");
        }

        if (_prediction is not null && (_revision is null || _truth is null))
        {
            throw new ProtocolException("prediction belongs to revision and truth: it is what the revision predicted");
        }

        if (_revision is not null && _truth is not null && _prediction is null)
        {
            throw new ProtocolException(
                "prediction is missing: with revision, the truth is held against it; without revision, "
                + "against what was answered under the id");
        }

        return new FeedbackRequest
        {
            Id = _id,
            Revision = _revision,
            Truth = _truth,
            Prediction = _prediction,
            Rewards = _rewards,
            IsOfWholeRequest = _whole,
        };
    }

    private void Choose(string outcome)
    {
        if (_outcome is not null)
        {
            throw new ProtocolException(_outcome == outcome
                ? $"{outcome} is given twice"
                : $"{outcome} and {_outcome} exclude each other: give one of truth, correct and reward");
        }

        _outcome = outcome;
    }

    private static void Once(object? given, string name)
    {
        if (given is not null)
        {
            throw new ProtocolException($"{name} is given twice");
        }
    }
}
