using System.Net;
using System.Net.Sockets;

namespace ModelOperator.Addressing;

/// <summary>IPv4 addresses inside of IPv6 addresses, which the way to them goes through a tunnel or a translator.</summary>
internal static class EmbeddedAddresses
{
    /// <summary>The octet between the two halves of a translated address, which is left out (RFC 6052).</summary>
    private const int LeftOut = 8;

    private static readonly int[] TranslatorPrefixes = [4, 5, 6, 7, 8, 12];

    /// <summary>
    /// The IPv4 address that an IPv6 address stands for in one of the forms that everybody knows; otherwise the address without a scope.
    /// </summary>
    public static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        // A scope says which link; which address it is stays the same.
        byte[] bytes = address.GetAddressBytes();
        return bytes switch
        {
            // Mapped, of the translation before RFC 6052, and compatible; the last form is also that of :: and ::1.
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ..] or [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, ..] => Last(bytes),
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 or 1] => new IPAddress(bytes),
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ..] => Last(bytes),
            // NAT64 with the well-known prefix, 6to4, ISATAP.
            [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..] => Last(bytes),
            [0x20, 0x02, ..] => new IPAddress(bytes.AsSpan(2, 4)),
            [not 0xfe, _, _, _, _, _, _, _, 0 or 2, 0, 0x5e, 0xfe, ..] => Last(bytes),
            _ => new IPAddress(bytes),
        };
    }

    /// <summary>
    /// The IPv4 addresses that a translator could read out of an IPv6 address, one for each length that its prefix may have.
    /// </summary>
    public static IEnumerable<IPAddress> Translated(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            yield break;
        }

        byte[] bytes = address.GetAddressBytes();
        foreach (int prefix in TranslatorPrefixes)
        {
            byte[] inner = new byte[4];
            for (int i = 0, at = prefix; i < inner.Length; at++)
            {
                if (at != LeftOut)
                {
                    inner[i++] = bytes[at];
                }
            }

            yield return new IPAddress(inner);
        }
    }

    private static IPAddress Last(byte[] bytes) => new(bytes.AsSpan(12));
}
