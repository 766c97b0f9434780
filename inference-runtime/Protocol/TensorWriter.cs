using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Writes the "data" of a tensor as a flat list.</summary>
public static class TensorWriter
{
    /// <summary>Writes elements that lie one after the other, laid out as in <see cref="InferTensor.Data"/>.</summary>
    public static void WriteData(Utf8JsonWriter writer, TensorDataType type, ReadOnlySpan<byte> data)
    {
        writer.WriteStartArray();
        switch (type)
        {
            case TensorDataType.Bool: Write<byte>(writer, data, static (w, v) => w.WriteBooleanValue(v != 0)); break;
            case TensorDataType.UInt8: Write<byte>(writer, data, static (w, v) => w.WriteNumberValue(v)); break;
            case TensorDataType.UInt16: Write<ushort>(writer, data, static (w, v) => w.WriteNumberValue(v)); break;
            case TensorDataType.UInt32: Write<uint>(writer, data, static (w, v) => w.WriteNumberValue(v)); break;
            case TensorDataType.UInt64: Write<ulong>(writer, data, static (w, v) => w.WriteNumberValue(v)); break;
            case TensorDataType.Int8: Write<sbyte>(writer, data, static (w, v) => w.WriteNumberValue(v)); break;
            case TensorDataType.Int16: Write<short>(writer, data, static (w, v) => w.WriteNumberValue(v)); break;
            case TensorDataType.Int32: Write<int>(writer, data, static (w, v) => w.WriteNumberValue(v)); break;
            case TensorDataType.Int64: Write<long>(writer, data, static (w, v) => w.WriteNumberValue(v)); break;
            case TensorDataType.Fp16: Write<Half>(writer, data, static (w, v) => WriteNumber(w, (float)v)); break;
            case TensorDataType.Fp32: Write<float>(writer, data, static (w, v) => WriteNumber(w, v)); break;
            case TensorDataType.Fp64: Write<double>(writer, data, static (w, v) => WriteNumber(w, v)); break;
            case TensorDataType.Bf16: Write<BFloat16>(writer, data, static (w, v) => WriteNumber(w, v.ToSingle())); break;
            default: WriteStrings(writer, data); break;
        }

        writer.WriteEndArray();
    }

    private static void Write<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> data, Action<Utf8JsonWriter, T> write)
        where T : unmanaged
    {
        foreach (T value in MemoryMarshal.Cast<byte, T>(data))
        {
            write(writer, value);
        }
    }

    private static void WriteStrings(Utf8JsonWriter writer, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(data);
            writer.WriteStringValue(data.Slice(sizeof(int), length));
            data = data[(sizeof(int) + length)..];
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(NonFiniteName(value));
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(NonFiniteName(value));
        }
    }

    private static ReadOnlySpan<byte> NonFiniteName(double value) =>
        double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8;
}
