namespace ModelOperator.Protocol.Grpc;

/// <summary>Walks over the beginning of a message, which may end anywhere.</summary>
internal static class ProtoScan
{
    public static bool TryReadTag(ReadOnlySpan<byte> bytes, ref int at, out int field, out int wireType)
    {
        bool read = TryReadVarint(bytes, ref at, out ulong tag) && tag <= uint.MaxValue;
        field = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        return read;
    }

    public static bool TryReadVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    public static bool TrySkip(ReadOnlySpan<byte> bytes, ref int at, int wireType)
    {
        ulong length;
        switch (wireType)
        {
            case 0: return TryReadVarint(bytes, ref at, out _);
            case 1: length = sizeof(ulong); break;
            case 5: length = sizeof(uint); break;
            case 2 when TryReadVarint(bytes, ref at, out length): break;
            default: return false;
        }

        if (length > (ulong)(bytes.Length - at))
        {
            return false;
        }

        at += (int)length;
        return true;
    }
}
