using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>
/// A row of a labelled data set: <c>{"inputs": [...], "truth": ...}</c>, the inputs of an infer request and the right answer to them, as in
/// a feedback. An <c>id</c> may stand beside them for people. Nothing else may: what would not be sent must not look as if it were.
/// </summary>
public sealed class LabelledRow : IDisposable
{
    private LabelledRow(InferRequest request, Range inputs, FeedbackValues truth) => (Request, Inputs, Truth) = (request, inputs, truth);

    /// <summary>The inputs, checked as a server would.</summary>
    public InferRequest Request { get; }

    /// <summary>Where the list of inputs stands in the row's bytes.</summary>
    public Range Inputs { get; }

    /// <summary>The right answers, for each row of the batch.</summary>
    public FeedbackValues Truth { get; }

    /// <summary>Reads a row. Whatever the bytes are, the result is a row or a <see cref="ProtocolException"/>.</summary>
    public static LabelledRow Read(ReadOnlySpan<byte> json, ProtocolLimits limits)
    {
        (Range inputs, FeedbackValues truth) = JsonText.GuardTensors(json, (ref Utf8JsonReader reader) => Read(ref reader, limits));
        return new LabelledRow(InferRequestReader.Read(json, limits), inputs, truth);
    }

    public void Dispose() => Request.Dispose();

    private static (Range Inputs, FeedbackValues Truth) Read(ref Utf8JsonReader reader, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"a row must be a JSON object, not {JsonText.Describe(ref reader)}");
        }

        Range? inputs = null;
        FeedbackValues? truth = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("inputs"u8))
            {
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                inputs = start..(int)reader.BytesConsumed;
            }
            else if (reader.ValueTextEquals("truth"u8))
            {
                bool given = truth is not null;
                InferRequestReader.Once(ref given, "truth");
                reader.Read();
                truth = FeedbackValuesReader.Read(ref reader, "truth", limits);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Skip();
            }
            else
            {
                throw new ProtocolException(
                    $"{JsonText.Describe(ref reader)} is not a field of a row, expected inputs and truth: {{\"inputs\": [{{\"name\": ..., "
                    + "\"shape\": ..., \"datatype\": ..., \"data\": ...}], \"truth\": ...}");
            }
        }

        return (
            inputs ?? throw new ProtocolException("inputs is missing: a row must list the input tensors"),
            truth ?? throw new ProtocolException("truth is missing: give the right answer, or a list of them for a batch"));
    }
}
