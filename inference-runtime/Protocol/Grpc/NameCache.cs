using System.Text;

namespace ModelOperator.Protocol.Grpc;

/// <summary>
/// Strings for names that come in every request. A few thousand requests a second would otherwise make as many copies of the same few
/// names. Of names that fall on one place the last one stays, so it never grows.
/// </summary>
internal static class NameCache
{
    private const int Places = 256;
    private const int MaxLength = 64;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Entry?[] Entries = new Entry?[Places];

    /// <exception cref="ProtocolException">The bytes are not text.</exception>
    public static string Get(ReadOnlySpan<byte> utf8, string field)
    {
        if (utf8.IsEmpty)
        {
            return "";
        }

        if (utf8.Length > MaxLength)
        {
            return Decode(utf8, field);
        }

        uint hash = 2166136261;
        foreach (byte b in utf8)
        {
            hash = (hash ^ b) * 16777619;
        }

        ref Entry? place = ref Entries[(hash ^ (hash >> 16)) % Places];
        if (Volatile.Read(ref place) is { } entry && utf8.SequenceEqual(entry.Utf8))
        {
            return entry.Text;
        }

        string text = Decode(utf8, field);
        Volatile.Write(ref place, new Entry(utf8.ToArray(), text));
        return text;
    }

    /// <summary>Text that will hardly come again.</summary>
    public static string Decode(ReadOnlySpan<byte> utf8, string field)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new ProtocolException($"{field} is not UTF-8", e);
        }
    }

    private sealed record Entry(byte[] Utf8, string Text);
}
