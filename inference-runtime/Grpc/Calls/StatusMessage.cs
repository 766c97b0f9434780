using System.Buffers;
using System.Text;

namespace ModelOperator.Grpc;

/// <summary>The value of <c>grpc-message</c>: UTF-8 in which all but printable ASCII, and the percent sign, is percent-encoded.</summary>
internal static class StatusMessage
{
    /// <summary>Clients take 8 KiB of headers by default; what they cannot take breaks the call, whatever its status.</summary>
    public const int MaxLength = 2048;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c != '%')]);

    public static string Encode(string message)
    {
        if (message.Length <= MaxLength && !message.AsSpan().ContainsAnyExcept(Plain))
        {
            return message;
        }

        StringBuilder encoded = new(message.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in message.EnumerateRunes())
        {
            int before = encoded.Length;
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
                {
                    encoded.Append((char)b);
                }
                else
                {
                    encoded.Append('%').Append(b.ToString("X2"));
                }
            }

            if (encoded.Length > MaxLength)
            {
                // Cut between characters, never within one.
                encoded.Length = before;
                break;
            }
        }

        return encoded.ToString();
    }
}
