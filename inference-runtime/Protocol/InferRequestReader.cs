using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads infer requests. Whatever the bytes are, the result is a request or a <see cref="ProtocolException"/>.</summary>
public static class InferRequestReader
{
    /// <summary>Reads a request whose tensors are all in the JSON.</summary>
    public static InferRequest Read(ReadOnlySpan<byte> json, ProtocolLimits limits) => Read(json, Memory<byte>.Empty, limits);

    /// <summary>Reads a request whose tensors may be binary.</summary>
    /// <param name="json">The JSON part of the body.</param>
    /// <param name="binary">What follows it. Tensors may become views of it, so it must live as long as the request.</param>
    /// <param name="limits">What the request may hold.</param>
    public static InferRequest Read(ReadOnlySpan<byte> json, Memory<byte> binary, ProtocolLimits limits)
    {
        RequireText(json);
        JsonCursor cursor = new(json, jumps: true);
        try
        {
            return Read(ref cursor, binary, limits);
        }
        catch (ProtocolException e) when (cursor.Jumped || JsonText.IsSyntax(e))
        {
            // After a jump its message could name the wrong place.
            return ReadCarefully(json, binary, limits);
        }
    }

    /// <summary>Reads everything token by token: what the quicker way must agree with.</summary>
    internal static InferRequest ReadCarefully(ReadOnlySpan<byte> json, Memory<byte> binary, ProtocolLimits limits)
    {
        RequireText(json);
        JsonCursor cursor = new(json, jumps: false);
        try
        {
            return Read(ref cursor, binary, limits);
        }
        catch (ProtocolException e) when (JsonText.IsSyntax(e) && BareNumbers.Mark(json) is { } marked)
        {
            cursor = new JsonCursor(marked, jumps: false);
            return Read(ref cursor, binary, limits);
        }
    }

    internal static void Once(ref bool given, string field)
    {
        if (given)
        {
            throw new ProtocolException($"{field} is given twice");
        }

        given = true;
    }

    private static void RequireText(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            throw JsonText.Empty();
        }

        BareNumbers.RequireNoMarks(json);
    }

    private static InferRequest Read(ref JsonCursor cursor, Memory<byte> binary, ProtocolLimits limits)
    {
        InferRequest request = new();
        try
        {
            ReadDocument(ref cursor, request, limits);
            BinaryTensors.Bind(request.Inputs, binary, "inputs");
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    private static void ReadDocument(ref JsonCursor cursor, InferRequest request, ProtocolLimits limits)
    {
        try
        {
            JsonText.BeginObject(ref cursor.Reader, "the body");
            ReadRequest(ref cursor, request, limits);
            JsonText.End(ref cursor.Reader);
        }
        catch (Exception e) when (JsonText.IsInvalid(e))
        {
            throw JsonText.Invalid(e);
        }
    }

    private static void ReadRequest(ref JsonCursor cursor, InferRequest request, ProtocolLimits limits)
    {
        ref Utf8JsonReader reader = ref cursor.Reader;
        bool id = false, inputs = false, outputs = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("inputs"u8))
            {
                Once(ref inputs, "inputs");
                reader.Read();
                TensorListReader.Read(ref cursor, "inputs", request.Inputs, limits);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                Once(ref id, "id");
                reader.Read();
                request.Id = reader.TokenType == JsonTokenType.Null ? null : JsonText.Read(ref reader, "id", limits.MaxIdLength);
            }
            else if (reader.ValueTextEquals("outputs"u8))
            {
                Once(ref outputs, "outputs");
                reader.Read();
                request.Outputs = RequestedOutputReader.ReadList(ref cursor, limits);
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                reader.Read();
                ParametersReader.ReadOfRequest(ref reader, request.Parameters);
            }
            else
            {
                reader.Skip();
            }
        }

        if (!inputs)
        {
            throw new ProtocolException("inputs is missing: the request must list the input tensors");
        }
    }
}
