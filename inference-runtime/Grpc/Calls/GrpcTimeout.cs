using System.Globalization;

namespace ModelOperator.Grpc;

/// <summary>The value of <c>grpc-timeout</c>: up to eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;

    /// <summary>What a timer can hold; who asks for more than that has no deadline that would ever pass.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(int.MaxValue);

    public static bool TryParse(ReadOnlySpan<char> value, out TimeSpan timeout)
    {
        timeout = default;
        if (value.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long amount))
        {
            return false;
        }

        long ticksPerUnit = value[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (ticksPerUnit < 0)
        {
            return false;
        }

        // A tick is a hundred nanoseconds.
        timeout = ticksPerUnit == 0 ? TimeSpan.FromTicks(amount / 100) : TimeSpan.FromTicks(amount * ticksPerUnit);
        timeout = timeout > Most ? Most : timeout;
        return true;
    }
}
