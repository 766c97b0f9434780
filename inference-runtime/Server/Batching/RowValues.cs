using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Batching;

/// <summary>
/// Makes up values that most models compute: numbers between 0 and 1, and of whole numbers, which are often places in a table, 0 or 1.
/// </summary>
internal static class RowValues
{
    /// <summary>The same bytes for the same seed.</summary>
    public static byte[] Make(TensorDataType type, int bytes, int seed)
    {
        byte[] data = new byte[bytes];
        uint state = ((uint)seed * 2654435761u) | 1;
        int size = type.Size();
        // Strings stay empty.
        for (int i = 0; size > 0 && i < bytes; i += size)
        {
            state = (state * 1664525u) + 1013904223u;
            float number = (state >> 8) / (float)(1 << 24);
            Span<byte> element = data.AsSpan(i, size);
            switch (type)
            {
                case TensorDataType.Fp32: MemoryMarshal.Write(element, number); break;
                case TensorDataType.Fp64: MemoryMarshal.Write(element, (double)number); break;
                case TensorDataType.Fp16: MemoryMarshal.Write(element, (Half)number); break;
                case TensorDataType.Bf16: MemoryMarshal.Write(element, (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16)); break;
                default: element[0] = number < 0.5f ? (byte)0 : (byte)1; break;
            }
        }

        return data;
    }
}
