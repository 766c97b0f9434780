using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>
/// Reads infer responses, as a client does. Whatever the bytes are, the result is tensors or a <see cref="ProtocolException"/>.
/// </summary>
public static class InferResponseReader
{
    /// <summary>The output tensors of a response without binary data. The caller disposes them.</summary>
    public static IReadOnlyList<InferTensor> Read(ReadOnlySpan<byte> json, ProtocolLimits limits) => Read(json, Memory<byte>.Empty, limits);

    /// <summary>The output tensors. The caller disposes them; they may be views of the binary data.</summary>
    public static IReadOnlyList<InferTensor> Read(ReadOnlySpan<byte> json, Memory<byte> binary, ProtocolLimits limits)
    {
        List<InferTensor> outputs = [];
        try
        {
            Read(json, outputs, limits);
            BinaryTensors.Bind(outputs, binary, "outputs");
            return outputs;
        }
        catch
        {
            outputs.ForEach(output => output.Dispose());
            throw;
        }
    }

    private static void Read(ReadOnlySpan<byte> json, List<InferTensor> outputs, ProtocolLimits limits)
    {
        if (json.IsEmpty)
        {
            throw JsonText.Empty();
        }

        BareNumbers.RequireNoMarks(json);
        try
        {
            ReadMarked(json, outputs, limits);
        }
        catch (ProtocolException e) when (JsonText.IsSyntax(e) && BareNumbers.Mark(json) is { } marked)
        {
            outputs.ForEach(output => output.Dispose());
            outputs.Clear();
            ReadMarked(marked, outputs, limits);
        }
    }

    private static void ReadMarked(ReadOnlySpan<byte> json, List<InferTensor> outputs, ProtocolLimits limits)
    {
        try
        {
            JsonCursor cursor = new(json, jumps: false);
            JsonText.BeginObject(ref cursor.Reader, "the answer");
            ReadResponse(ref cursor, outputs, limits);
            JsonText.End(ref cursor.Reader);
        }
        catch (Exception e) when (JsonText.IsInvalid(e))
        {
            throw JsonText.Invalid(e);
        }
    }

    private static void ReadResponse(ref JsonCursor cursor, List<InferTensor> outputs, ProtocolLimits limits)
    {
        ref Utf8JsonReader reader = ref cursor.Reader;
        bool given = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("outputs"u8))
            {
                reader.Skip();
                continue;
            }

            InferRequestReader.Once(ref given, "outputs");
            reader.Read();
            TensorListReader.Read(ref cursor, "outputs", outputs, limits);
        }

        if (!given)
        {
            throw new ProtocolException("outputs is missing: the answer must list the output tensors");
        }
    }
}
