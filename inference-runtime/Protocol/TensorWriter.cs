using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelOperator.Protocol.Numbers;

namespace ModelOperator.Protocol;

/// <summary>Writes the "data" of a tensor as a flat list.</summary>
public static class TensorWriter
{
    /// <summary>An escaped byte is six characters at most.</summary>
    private const int MaxEscape = 6;

    /// <summary>Writes elements that lie one after the other, laid out as in <see cref="InferTensor.Data"/>.</summary>
    public static void WriteData(PooledBuffer json, TensorDataType type, ReadOnlySpan<byte> data)
    {
        switch (type)
        {
            case TensorDataType.Bool: NumberListWriter.Write<byte, TruthFormat>(json, data); break;
            case TensorDataType.UInt8: NumberListWriter.Write<byte, WholeFormat<byte>>(json, data); break;
            case TensorDataType.UInt16: NumberListWriter.Write<ushort, WholeFormat<ushort>>(json, data); break;
            case TensorDataType.UInt32: NumberListWriter.Write<uint, WholeFormat<uint>>(json, data); break;
            case TensorDataType.UInt64: NumberListWriter.Write<ulong, WholeFormat<ulong>>(json, data); break;
            case TensorDataType.Int8: NumberListWriter.Write<sbyte, WholeFormat<sbyte>>(json, data); break;
            case TensorDataType.Int16: NumberListWriter.Write<short, WholeFormat<short>>(json, data); break;
            case TensorDataType.Int32: NumberListWriter.Write<int, WholeFormat<int>>(json, data); break;
            case TensorDataType.Int64: NumberListWriter.Write<long, WholeFormat<long>>(json, data); break;
            case TensorDataType.Fp16: NumberListWriter.Write<Half, Fp16Format>(json, data); break;
            case TensorDataType.Fp32: NumberListWriter.Write<float, Fp32Format>(json, data); break;
            case TensorDataType.Fp64: NumberListWriter.Write<double, Fp64Format>(json, data); break;
            case TensorDataType.Bf16: NumberListWriter.Write<BFloat16, Bf16Format>(json, data); break;
            default: WriteTexts(json, data); break;
        }
    }

    /// <inheritdoc cref="WriteData(PooledBuffer, TensorDataType, ReadOnlySpan{byte})"/>
    public static void WriteData(Utf8JsonWriter writer, TensorDataType type, ReadOnlySpan<byte> data)
    {
        using PooledBuffer json = new();
        WriteData(json, type, data);
        writer.WriteRawValue(json.Span, skipInputValidation: true);
    }

    /// <summary>Writes a text as a JSON string; what is not valid UTF-8 in it becomes a replacement character.</summary>
    public static void WriteText(PooledBuffer json, ReadOnlySpan<byte> text)
    {
        Span<byte> target = json.GetSpan(2 + (MaxEscape * text.Length));
        target[0] = (byte)'"';
        JavaScriptEncoder.Default.EncodeUtf8(text, target[1..], out _, out int written);
        target[written + 1] = (byte)'"';
        json.Advance(written + 2);
    }

    private static void WriteTexts(PooledBuffer json, ReadOnlySpan<byte> data)
    {
        json.Write("["u8);
        for (int i = 0; data.Length > 0; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(data);
            if (i > 0)
            {
                json.Write(","u8);
            }

            WriteText(json, data.Slice(sizeof(int), length));
            data = data[(sizeof(int) + length)..];
        }

        json.Write("]"u8);
    }
}
