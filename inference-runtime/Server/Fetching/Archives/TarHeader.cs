using System.Buffers.Binary;
using System.Text;

namespace ModelOperator.Server.Fetching.Archives;

/// <summary>The block before each entry of a tar archive.</summary>
internal readonly record struct TarHeader(string Name, string Target, char Type, long Size)
{
    public static TarHeader Parse(ReadOnlySpan<byte> block)
    {
        CheckSum(block);
        string name = Text(block[..100]);
        string prefix = block[257..263].SequenceEqual("ustar\0"u8) ? Text(block[345..500]) : "";
        return new TarHeader(prefix.Length > 0 ? $"{prefix}/{name}" : name, Text(block[157..257]), (char)block[156], Number(block[124..136]));
    }

    private static void CheckSum(ReadOnlySpan<byte> block)
    {
        long sum = 8 * ' ';
        for (int i = 0; i < block.Length; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : block[i];
        }

        if (Number(block[148..156]) != sum)
        {
            throw new InvalidDataException("the checksum of a header is wrong");
        }
    }

    /// <summary>Octal digits, or, for what these cannot say, a number in binary.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        if (field[0] == 0x80 && field.Length > 8)
        {
            long binary = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            return binary >= 0 && !field[1..^8].ContainsAnyExcept((byte)0) ? binary : throw new InvalidDataException("the size of an entry is none");
        }

        long value = 0;
        foreach (byte digit in field.Trim(" \0"u8))
        {
            value = digit is >= (byte)'0' and <= (byte)'7' ? (value * 8) + (digit - '0') : throw new InvalidDataException("a number of a header is none");
        }

        return value;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
