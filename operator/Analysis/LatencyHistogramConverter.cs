using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// Writes a histogram as base64 of variable-length integers: for every bucket twice its count, one more where buckets without any come
/// before it, and then how many. At most some 1.5 KB.
/// </summary>
public sealed class LatencyHistogramConverter : JsonConverter<LatencyHistogram>
{
    public override LatencyHistogram Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out var bytes))
        {
            throw new JsonException("A latency histogram is a base64 string.");
        }

        var counts = new SortedDictionary<int, long>();
        int position = 0;
        long bucket = -1;
        while (position < bytes.Length)
        {
            long number = ReadNumber(bytes, ref position);
            long count = number / 2;
            bucket += 1 + (number % 2 == 0 ? 0 : ReadNumber(bytes, ref position));
            if (bucket is < 0 or >= LatencyHistogram.Buckets || count is < 1 or > LatencyHistogram.Memory
                || !counts.TryAdd((int)bucket, count))
            {
                throw new JsonException("A latency histogram has a bucket or count out of range.");
            }
        }

        return new LatencyHistogram(counts);
    }

    public override void Write(Utf8JsonWriter writer, LatencyHistogram value, JsonSerializerOptions options)
    {
        var bytes = new List<byte>();
        int last = -1;
        foreach (var (bucket, count) in value.Counts)
        {
            long without = bucket - last - 1;
            WriteNumber(bytes, (2 * count) + (without > 0 ? 1 : 0));
            if (without > 0)
            {
                WriteNumber(bytes, without);
            }

            last = bucket;
        }

        writer.WriteBase64StringValue(bytes.ToArray());
    }

    private static void WriteNumber(List<byte> bytes, long value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }

    private static long ReadNumber(byte[] bytes, ref int position)
    {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            if (position >= bytes.Length)
            {
                break;
            }

            byte next = bytes[position++];
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new JsonException("A latency histogram ends in the middle of a number.");
    }
}
