using System.Diagnostics;

namespace ModelOperator.Testing;

/// <summary>Waits, in real time, for what other threads or a real server are to bring about.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    /// <summary>Fails when the condition does not come to hold.</summary>
    public static async Task TrueAsync(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        if (!await HoldsAsync(condition, limit ?? DefaultLimit))
        {
            throw new TimeoutException($"Did not come about within {limit ?? DefaultLimit}: {what}.");
        }
    }

    /// <summary>Fails when the condition, which may ask a server, does not come to hold.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > (limit ?? DefaultLimit))
            {
                throw new TimeoutException($"Did not come about within {limit ?? DefaultLimit}: {what}.");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Whether the condition comes to hold within the time.</summary>
    public static async Task<bool> HoldsAsync(Func<bool> condition, TimeSpan within)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > within)
            {
                return false;
            }

            await Task.Delay(1);
        }

        return true;
    }
}
