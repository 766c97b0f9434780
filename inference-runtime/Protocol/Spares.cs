namespace ModelOperator.Protocol;

/// <summary>
/// Objects that are not in use, a few for each thread: what every request needs is not made anew for each, which would soon
/// have the garbage collector hold up all of them.
/// </summary>
public static class Spares
{
    private const int MostOfAThread = 8;

    /// <summary>An object that nobody uses. It is as it was when it was kept.</summary>
    public static T Take<T>()
        where T : class, new()
    {
        ref Kept<T> kept = ref Kept<T>.OfThread;
        return kept.Count == 0 ? new T() : kept.Objects[--kept.Count];
    }

    /// <summary>Keeps an object that its user will not touch again.</summary>
    public static void Keep<T>(T unused)
        where T : class, new()
    {
        ref Kept<T> kept = ref Kept<T>.OfThread;
        kept.Objects ??= new T[MostOfAThread];
        if (kept.Count < kept.Objects.Length)
        {
            kept.Objects[kept.Count++] = unused;
        }
    }

    private struct Kept<T>
        where T : class
    {
        [ThreadStatic]
        public static Kept<T> OfThread;

        public T[] Objects;
        public int Count;
    }
}
