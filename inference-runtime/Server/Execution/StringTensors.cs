using System.Buffers;
using System.Buffers.Binary;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>
/// Tensors of strings, which ONNX Runtime keeps in a form of its own, as the protocol's bytes: each one's length in four bytes, and it.
/// </summary>
internal static class StringTensors
{
    public static PooledBuffer Read(nint value, int count)
    {
        int length = count == 0 ? 0 : OrtNative.StringsLength(value);
        PooledBuffer buffer = new(Math.Max(length + (count * sizeof(int)), 1));
        byte[] text = ArrayPool<byte>.Shared.Rent(length);
        nuint[] starts = ArrayPool<nuint>.Shared.Rent(count);
        try
        {
            if (count > 0)
            {
                OrtNative.CopyStrings(value, text.AsSpan(0, length), starts.AsSpan(0, count));
            }

            for (int i = 0; i < count; i++)
            {
                int start = (int)starts[i];
                int end = i + 1 < count ? (int)starts[i + 1] : length;
                Span<byte> element = buffer.GetSpan(sizeof(int) + end - start);
                BinaryPrimitives.WriteInt32LittleEndian(element, end - start);
                text.AsSpan(start..end).CopyTo(element[sizeof(int)..]);
                buffer.Advance(sizeof(int) + end - start);
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
            ArrayPool<nuint>.Shared.Return(starts);
        }
    }

    /// <summary>A tensor of these strings, to be released by the caller.</summary>
    public static nint Create(ReadOnlySpan<long> shape, ReadOnlySpan<byte> data)
    {
        nint value = OrtNative.CreateStrings(shape);
        try
        {
            for (int i = 0; data.Length > 0; i++)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(data);
                OrtNative.SetString(value, i, data.Slice(sizeof(int), length));
                data = data[(sizeof(int) + length)..];
            }

            return value;
        }
        catch
        {
            OrtNative.Release(value);
            throw;
        }
    }

    /// <summary>Some elements of the protocol's bytes.</summary>
    public static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> data, int from, int count)
    {
        int start = Skip(data.Span, from);
        return data.Slice(start, Skip(data.Span[start..], count));
    }

    private static int Skip(ReadOnlySpan<byte> data, int count)
    {
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            at += sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(data[at..]);
        }

        return at;
    }
}
