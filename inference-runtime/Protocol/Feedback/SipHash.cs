using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit hash. Who does not know the key cannot make two texts meet, so that it can
/// stand in for names that come from outside.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SipHash(ulong Key0, ulong Key1)
{
    /// <summary>One with a key of its own.</summary>
    public static SipHash Random()
    {
        // Made of the system's own randomness, 122 bits of it. .NET's generator by name would bring in OpenSSL, of which a server without
        // TLS needs nothing else: 4 MiB and some of the time to start.
        Span<byte> key = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(key);
        return new SipHash(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
    }

    public ulong Of(ReadOnlySpan<char> text) => Of(MemoryMarshal.AsBytes(text));

    public ulong Of(ReadOnlySpan<byte> data)
    {
        ulong v0 = Key0 ^ 0x736f6d6570736575,
            v1 = Key1 ^ 0x646f72616e646f6d,
            v2 = Key0 ^ 0x6c7967656e657261,
            v3 = Key1 ^ 0x7465646279746573;
        ulong last = (ulong)data.Length << 56;
        while (data.Length >= sizeof(ulong))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(data);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
            data = data[sizeof(ulong)..];
        }

        for (int i = 0; i < data.Length; i++)
        {
            last |= (ulong)data[i] << (8 * i);
        }

        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
