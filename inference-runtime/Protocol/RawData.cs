using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol;

/// <summary>Elements of a tensor that come as they lie in memory.</summary>
internal static class RawData
{
    /// <param name="label">The tensor.</param>
    /// <param name="length">What states the length of the data.</param>
    /// <param name="tensor">The tensor, still without its data.</param>
    /// <param name="data">The data that it is to have.</param>
    /// <exception cref="ProtocolException">They do not fit.</exception>
    public static void Check(TensorLabel label, string length, InferTensor tensor, ReadOnlySpan<byte> data)
    {
        if (tensor.DataType == TensorDataType.Bytes)
        {
            CheckTexts(label, tensor, data);
            return;
        }

        long needed = tensor.ElementCount * tensor.DataType.Size();
        if (data.Length != needed)
        {
            throw new ProtocolException(
                $"{label}: {length} is {data.Length}, shape {Shapes.Format(tensor.Shape)} of {tensor.DataType.Name()} needs {needed}");
        }

        // Kernels take other values for neither true nor false.
        if (tensor.DataType == TensorDataType.Bool && data.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var wrong)
        {
            throw new ProtocolException($"{label}: value {wrong} of data is {data[wrong]}, expected BOOL (0 or 1)");
        }
    }

    /// <summary>Makes a tensor a view of data that outlives it, or of a copy if the data does not lie as its type needs it.</summary>
    public static void Bind(InferTensor tensor, Memory<byte> data)
    {
        if (IsAligned(tensor.DataType, data.Span))
        {
            tensor.Bind(data);
            return;
        }

        tensor.Buffer.Write(data.Span);
        tensor.BindBuffer();
    }

    private static void CheckTexts(TensorLabel label, InferTensor tensor, ReadOnlySpan<byte> data)
    {
        long count = 0;
        for (; data.Length > 0; count++)
        {
            uint length = data.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(data) : uint.MaxValue;
            if (length > data.Length - sizeof(uint))
            {
                throw new ProtocolException(
                    $"{label}: value {count} of data is cut off, expected its length in four bytes and so many bytes");
            }

            data = data[(sizeof(uint) + (int)length)..];
        }

        if (count != tensor.ElementCount)
        {
            throw new ProtocolException(
                $"{label}: shape {Shapes.Format(tensor.Shape)} needs {tensor.ElementCount} values, data has {count}");
        }
    }

    private static bool IsAligned(TensorDataType type, ReadOnlySpan<byte> data) =>
        type.Size() <= 1 || data.IsEmpty || Address(data) % type.Size() == 0;

    private static nint Address(ReadOnlySpan<byte> data) =>
        Unsafe.ByteOffset(in Unsafe.NullRef<byte>(), in MemoryMarshal.GetReference(data));
}
