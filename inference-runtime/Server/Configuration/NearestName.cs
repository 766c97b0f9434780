namespace ModelOperator.Server.Configuration;

/// <summary>Guesses what somebody meant who wrote a name that does not exist.</summary>
internal static class NearestName
{
    /// <summary>What to do about an unknown name: the one most like it, or all of them where none is like it.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> valid)
    {
        string? best = null;
        int least = int.MaxValue;
        foreach (string candidate in valid)
        {
            int distance = Distance(name, candidate);
            if (distance < least)
            {
                (best, least) = (candidate, distance);
            }
        }

        // Half of the letters may be wrong: max-body for max-body-mebibytes is more than that, and starts alike.
        string? alike = best is not null && least <= Math.Max(2, best.Length / 2) ? best : valid.FirstOrDefault(v => name.Length >= 3 && v.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return alike is not null ? $"did you mean {alike}?" : $"it can be {string.Join(", ", valid.Order(StringComparer.Ordinal))}";
    }

    /// <summary>Letters to change, add, leave out or swap with their neighbour; case does not count.</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 100)
        {
            return int.MaxValue;
        }

        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int change = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[a.Length, b.Length];
    }

    private static bool Same(char x, char y) => char.ToUpperInvariant(x) == char.ToUpperInvariant(y);
}
