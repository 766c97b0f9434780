using System.Buffers.Binary;

namespace ModelOperator.Fuzzing.Generation;

/// <summary>Makes an input out of others by a few random changes.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> words)
{
    private const int MostBytes = 8192;
    private const int MostChanges = 8;

    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 16, 32, 64, 100, 127, 128, 255, 256, 1000, 4096, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue,
        long.MaxValue, long.MinValue,
    ];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        List<byte> bytes = [.. input];
        // Most inputs that change much are refused before anything of interest is read.
        int changes = random.Next(2) == 0 ? 1 : random.Next(1, MostChanges);
        for (int i = 0; i < changes; i++)
        {
            Change(bytes, other);
        }

        if (bytes.Count > MostBytes)
        {
            bytes.RemoveRange(MostBytes, bytes.Count - MostBytes);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(1 << random.Next(7), bytes.Count - at);
        switch (random.Next(12))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)(bytes[at] + random.Next(-16, 17));
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 5 or 6:
                bytes.InsertRange(at, words[random.Next(words.Count)]);
                break;
            case 7:
                bytes.RemoveRange(at, Math.Min(length, 8));
                bytes.InsertRange(at, words[random.Next(words.Count)]);
                break;
            case 8:
                WriteNumber(bytes, at);
                break;
            case 9:
                ReplaceDigits(bytes, at);
                break;
            case 10 when other.Length > 0:
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(1 << random.Next(8), other.Length - from)).ToArray());
                break;
            case 11 when other.Length > 0:
                // The beginning of one and the end of the other.
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length)).ToArray());
                break;
            default:
                bytes.Insert(at, (byte)random.Next(256));
                break;
        }
    }

    private void WriteNumber(List<byte> bytes, int at)
    {
        byte[] number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, Numbers[random.Next(Numbers.Length)]);
        int width = Math.Min(1 << random.Next(4), bytes.Count - at);
        for (int i = 0; i < width; i++)
        {
            bytes[at + i] = number[i];
        }
    }

    /// <summary>Another number in the place of the one in decimal digits that comes next.</summary>
    private void ReplaceDigits(List<byte> bytes, int at)
    {
        int start = bytes.FindIndex(at, static b => char.IsAsciiDigit((char)b));
        if (start < 0)
        {
            return;
        }

        int end = bytes.FindIndex(start, static b => !char.IsAsciiDigit((char)b));
        bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
        long number = Numbers[random.Next(Numbers.Length)] + random.Next(-1, 2);
        bytes.InsertRange(start, Targets.Words.Utf8(number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }
}
