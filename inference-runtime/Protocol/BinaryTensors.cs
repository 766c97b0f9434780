using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol;

/// <summary>The binary tensor extension: the data of tensors follows the JSON, in the tensors' order.</summary>
internal static class BinaryTensors
{
    /// <summary>Gives each tensor that is binary its part of the data. Nothing may be missing or left over.</summary>
    public static void Bind(List<InferTensor> tensors, Memory<byte> binary, string list)
    {
        int at = 0;
        for (int i = 0; i < tensors.Count; i++)
        {
            InferTensor tensor = tensors[i];
            if (tensor.BinarySize is not { } size)
            {
                continue;
            }

            TensorLabel label = new(list, i, tensor.Name);
            if (size > binary.Length - at)
            {
                throw new ProtocolException($"{label}: binary_data_size is {size}, but only {binary.Length - at} bytes of the body are left for it");
            }

            Memory<byte> data = binary.Slice(at, size);
            at += size;
            Check(label, tensor, data.Span);
            if (IsAligned(tensor.DataType, data.Span))
            {
                tensor.Bind(data, null);
            }
            else
            {
                PooledBuffer copy = new(size);
                copy.Write(data.Span);
                tensor.Bind(copy.Memory, copy);
            }
        }

        if (at < binary.Length)
        {
            throw new ProtocolException($"the body has {binary.Length} bytes of binary data, its tensors take {at}: each needs its binary_data_size");
        }
    }

    private static void Check(TensorLabel label, InferTensor tensor, ReadOnlySpan<byte> data)
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
                $"{label}: binary_data_size is {data.Length}, shape {Shapes.Format(tensor.Shape)} of {tensor.DataType.Name()} needs {needed}");
        }

        // Kernels take other values for neither true nor false.
        if (tensor.DataType == TensorDataType.Bool && data.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var wrong)
        {
            throw new ProtocolException($"{label}: value {wrong} of data is {data[wrong]}, expected BOOL (0 or 1)");
        }
    }

    private static void CheckTexts(TensorLabel label, InferTensor tensor, ReadOnlySpan<byte> data)
    {
        long count = 0;
        for (; data.Length > 0; count++)
        {
            uint length = data.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(data) : uint.MaxValue;
            if (length > data.Length - sizeof(uint))
            {
                throw new ProtocolException($"{label}: value {count} of data is cut off, expected its length in four bytes and so many bytes");
            }

            data = data[(sizeof(uint) + (int)length)..];
        }

        if (count != tensor.ElementCount)
        {
            throw new ProtocolException($"{label}: shape {Shapes.Format(tensor.Shape)} needs {tensor.ElementCount} values, data has {count}");
        }
    }

    private static bool IsAligned(TensorDataType type, ReadOnlySpan<byte> data) =>
        type.Size() <= 1 || data.IsEmpty || Address(data) % type.Size() == 0;

    private static nint Address(ReadOnlySpan<byte> data) => Unsafe.ByteOffset(in Unsafe.NullRef<byte>(), in MemoryMarshal.GetReference(data));
}
