namespace ModelOperator.Protocol;

/// <summary>Shapes in words and numbers.</summary>
public static class Shapes
{
    /// <summary>A shape as people write it: [1, 64].</summary>
    public static string Format(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>The number of elements of a shape that was checked.</summary>
    public static long Count(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            count *= dimension;
        }

        return count;
    }

    /// <summary>The number of elements of a shape, unless it is over a limit.</summary>
    public static bool TryCount(ReadOnlySpan<long> shape, long limit, out long count)
    {
        count = 1;
        // A zero anywhere makes the tensor empty, however large the other dimensions are.
        if (shape.Contains(0))
        {
            count = 0;
            return true;
        }

        foreach (long dimension in shape)
        {
            if (dimension > limit / count)
            {
                return false;
            }

            count *= dimension;
        }

        return true;
    }
}
