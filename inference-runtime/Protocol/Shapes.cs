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

    /// <summary>
    /// The number of elements of a shape, unless it is over a limit. A zero makes the tensor empty, but the other dimensions must fit the
    /// limit all the same: a model can compute something of their size, such as the sum over the empty dimension.
    /// </summary>
    public static bool TryCount(ReadOnlySpan<long> shape, long limit, out long count)
    {
        count = 1;
        foreach (long dimension in shape)
        {
            if (dimension > 0 && dimension > limit / count)
            {
                return false;
            }

            count *= Math.Max(dimension, 1);
        }

        count = shape.Contains(0) ? 0 : count;
        return true;
    }
}
