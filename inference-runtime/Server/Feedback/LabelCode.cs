using System.Globalization;
using System.Text;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

/// <summary>
/// A label in eight bytes, equal for equal labels: a whole number as itself, another text as its hash. That a text meets another label by
/// chance happens once in 2^64 times, and nobody outside can bring it about, because the hash's key is this process's secret.
/// </summary>
internal static class LabelCode
{
    private const int LongestNumber = 20;
    private static readonly SipHash Hash = SipHash.Random();

    public static long Of(string label)
    {
        byte[] text = Encoding.UTF8.GetBytes(label);
        return Of(text);
    }

    public static long Of(ReadOnlySpan<byte> utf8) => IsWhole(utf8, out long number) ? number : (long)Hash.Of(utf8);

    /// <summary>A whole number over what a long holds is a text as any other.</summary>
    public static long Of(ulong label)
    {
        if (label <= long.MaxValue)
        {
            return (long)label;
        }

        Span<byte> text = stackalloc byte[LongestNumber];
        return label.TryFormat(text, out int length, default, CultureInfo.InvariantCulture) ? Of(text[..length]) : 0;
    }

    // 007 and +7 are other labels than 7.
    private static bool IsWhole(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        if (text.Length is 0 or > LongestNumber
            || !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        Span<byte> canonical = stackalloc byte[LongestNumber];
        return number.TryFormat(canonical, out int length, default, CultureInfo.InvariantCulture)
            && text.SequenceEqual(canonical[..length]);
    }
}
