using System.Runtime.InteropServices;

namespace ModelOperator.Server.Batching;

/// <summary>A request that waits, as the planner sees it.</summary>
/// <param name="Rows">Rows it brings.</param>
/// <param name="Joins">Whether it can be computed together with the first one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Waiting(int Rows, bool Joins);

/// <summary>Decides which of the waiting requests are computed next, together. Knows no clock and no queue.</summary>
/// <param name="maxRows">Rows of a batch.</param>
/// <param name="preferred">Sizes that are worth running as they are, in ascending order.</param>
internal sealed class BatchPlanner(int maxRows, IReadOnlyList<int> preferred)
{
    /// <summary>Chooses among requests that are in the order in which they are to be served.</summary>
    /// <param name="queue">What waits. The first one is always chosen; it may be larger than a batch and then runs alone.</param>
    /// <param name="due">Whether nothing may be held back any longer.</param>
    /// <param name="enough">Rows that are worth no more waiting, besides the preferred sizes.</param>
    /// <param name="chosen">Gets the places of the chosen ones, in order.</param>
    /// <returns>How many are chosen; 0 when it is better to wait for more.</returns>
    public int Choose(ReadOnlySpan<Waiting> queue, bool due, int enough, Span<int> chosen)
    {
        if (queue.IsEmpty)
        {
            return 0;
        }

        int count = 0, rows = 0, preferredCount = 0;
        bool full = false;
        for (int i = 0; i < queue.Length && !full; i++)
        {
            if (i > 0 && !queue[i].Joins)
            {
                continue;
            }

            // Later ones that are smaller do not overtake it.
            full = count > 0 && rows + queue[i].Rows > maxRows;
            if (!full)
            {
                rows += queue[i].Rows;
                chosen[count++] = i;
                full = rows >= maxRows;
                preferredCount = IsPreferred(rows) ? count : preferredCount;
            }
        }

        return preferredCount > 0 ? preferredCount : full || due || rows >= enough ? count : 0;
    }

    private bool IsPreferred(int rows)
    {
        for (int i = 0; i < preferred.Count; i++)
        {
            if (preferred[i] == rows)
            {
                return true;
            }
        }

        return false;
    }
}
