using System.Runtime.CompilerServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>The powers of ten that are doubles.</summary>
internal static class PowersOfTen
{
    private static ReadOnlySpan<double> Exact =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Digits times ten to the exponent, rounded once besides the digits' own conversion; false when the power is none of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryScale(long digits, int exponent, out double value)
    {
        value = digits;
        if (exponent <= 0)
        {
            int divisor = -exponent;
            if ((uint)divisor >= (uint)Exact.Length)
            {
                return false;
            }

            value /= Exact[divisor];
            return true;
        }

        if ((uint)exponent >= (uint)Exact.Length)
        {
            return false;
        }

        value *= Exact[exponent];
        return true;
    }
}
