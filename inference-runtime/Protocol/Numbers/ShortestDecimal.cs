using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>
/// The shortest decimal number that is read back as a float, and of several the one nearest to it: <c>Digits * 10^Exponent</c>. By
/// Raffaello Giulietti, "The Schubfach way to render doubles" (2020), for floats: the bounds of what rounds to the float are scaled by a
/// power of ten to whole numbers with a bit that tells whether anything was cut off, between which at most two candidates of a length lie.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ShortestDecimal
{
    private const int FractionBits = 23;
    private const int Bias = 127 + FractionBits;
    private const int LeastPower = -31;

    private ShortestDecimal(uint digits, int exponent) => (Digits, Exponent) = (digits, exponent);

    /// <summary>At most nine digits, the last of them not zero, or zero.</summary>
    public uint Digits { get; }

    public int Exponent { get; }

    // ceil(10^k / 2^r) for k from LeastPower on, r such that it takes 64 bits.
    private static ReadOnlySpan<ulong> Powers =>
    [
        0x81CEB32C4B43FCF5, 0xA2425FF75E14FC32, 0xCAD2F7F5359A3B3F, 0xFD87B5F28300CA0E,
        0x9E74D1B791E07E49, 0xC612062576589DDB, 0xF79687AED3EEC552, 0x9ABE14CD44753B53,
        0xC16D9A0095928A28, 0xF1C90080BAF72CB2, 0x971DA05074DA7BEF, 0xBCE5086492111AEB,
        0xEC1E4A7DB69561A6, 0x9392EE8E921D5D08, 0xB877AA3236A4B44A, 0xE69594BEC44DE15C,
        0x901D7CF73AB0ACDA, 0xB424DC35095CD810, 0xE12E13424BB40E14, 0x8CBCCC096F5088CC,
        0xAFEBFF0BCB24AAFF, 0xDBE6FECEBDEDD5BF, 0x89705F4136B4A598, 0xABCC77118461CEFD,
        0xD6BF94D5E57A42BD, 0x8637BD05AF6C69B6, 0xA7C5AC471B478424, 0xD1B71758E219652C,
        0x83126E978D4FDF3C, 0xA3D70A3D70A3D70B, 0xCCCCCCCCCCCCCCCD, 0x8000000000000000,
        0xA000000000000000, 0xC800000000000000, 0xFA00000000000000, 0x9C40000000000000,
        0xC350000000000000, 0xF424000000000000, 0x9896800000000000, 0xBEBC200000000000,
        0xEE6B280000000000, 0x9502F90000000000, 0xBA43B74000000000, 0xE8D4A51000000000,
        0x9184E72A00000000, 0xB5E620F480000000, 0xE35FA931A0000000, 0x8E1BC9BF04000000,
        0xB1A2BC2EC5000000, 0xDE0B6B3A76400000, 0x8AC7230489E80000, 0xAD78EBC5AC620000,
        0xD8D726B7177A8000, 0x878678326EAC9000, 0xA968163F0A57B400, 0xD3C21BCECCEDA100,
        0x84595161401484A0, 0xA56FA5B99019A5C8, 0xCECB8F27F4200F3A, 0x813F3978F8940985,
        0xA18F07D736B90BE6, 0xC9F2C9CD04674EDF, 0xFC6F7C4045812297, 0x9DC5ADA82B70B59E,
        0xC5371912364CE306, 0xF684DF56C3E01BC7, 0x9A130B963A6C115D, 0xC097CE7BC90715B4,
        0xF0BDC21ABB48DB21, 0x96769950B50D88F5, 0xBC143FA4E250EB32, 0xEB194F8E1AE525FE,
        0x92EFD1B8D0CF37BF, 0xB7ABC627050305AE, 0xE596B7B0C643C71A, 0x8F7E32CE7BEA5C70,
        0xB35DBF821AE4F38C,
    ];

    /// <summary>Of a float that is finite, without its sign.</summary>
    public static ShortestDecimal Of(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint fraction = bits & ((1u << FractionBits) - 1);
        int exponent = (int)(bits >> FractionBits) & 0xFF;
        uint c = exponent == 0 ? fraction : fraction | (1u << FractionBits);
        int q = (exponent == 0 ? 1 : exponent) - Bias;
        if (c == 0)
        {
            return default;
        }

        if (q is <= 0 and > -FractionBits - 1 && (c & ((1u << -q) - 1)) == 0)
        {
            return Trim(c >> -q, 0);
        }

        return Shortest(c, q, lowerIsCloser: fraction == 0 && exponent > 1);
    }

    private static ShortestDecimal Shortest(uint c, int q, bool lowerIsCloser)
    {
        // floor(log10 of the width of the interval), by fixed-point logarithms that are exact over all exponents of floats.
        int k = ((q * 1262611) - (lowerIsCloser ? 524031 : 0)) >> 22;
        int shift = q + ((-k * 1741647) >> 19) + 1;
        ulong power = Powers[-k - LeastPower];
        uint low = Scale(power, ((4 * c) - (lowerIsCloser ? 1u : 2u)) << shift);
        uint middle = Scale(power, (4 * c) << shift);
        uint high = Scale(power, ((4 * c) + 2) << shift);
        // What lies half-way to a neighbour is read as the float whose last bit is zero.
        uint odd = c & 1;
        low += odd;
        high -= odd;
        uint s = middle / 4;
        if (s >= 10)
        {
            uint shorter = s / 10;
            bool below = low <= 40 * shorter;
            bool above = (40 * shorter) + 40 <= high;
            if (below != above)
            {
                return Trim(shorter + (above ? 1u : 0), k + 1);
            }
        }

        bool down = low <= 4 * s;
        bool up = (4 * s) + 4 <= high;
        if (down == up)
        {
            uint half = (4 * s) + 2;
            up = middle > half || (middle == half && (s & 1) != 0);
        }

        return Trim(s + (up ? 1u : 0), k);
    }

    /// <summary>The product, and in its last bit whether there was more behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Scale(ulong power, uint number)
    {
        ulong high = Math.BigMul(power, number, out ulong low);
        return (uint)high | ((low >> 32) > 1 ? 1u : 0);
    }

    private static ShortestDecimal Trim(uint digits, int exponent)
    {
        while (digits % 10 == 0)
        {
            digits /= 10;
            exponent++;
        }

        return new ShortestDecimal(digits, exponent);
    }
}
