namespace ModelOperator.Router.Routing;

/// <summary>
/// Chooses a pod of a revision: of two drawn at random the one with fewer requests in flight, which spreads load nearly as
/// well as looking at all of them and never sends a herd to one pod.
/// </summary>
internal static class PodChooser
{
    /// <summary>
    /// A pod not yet tried, or null. Ejected ones are taken when there is no other: they may have come back. Those that were ending have
    /// not, so that another revision answers at once.
    /// </summary>
    public static PodEndpoint? Choose(
        IReadOnlyList<PodEndpoint> pods, IReadOnlyCollection<PodEndpoint> tried, TimeProvider timeProvider, bool takesEjected = true)
    {
        if (tried.Count == 0 && pods.Count > 0)
        {
            PodEndpoint quick = BetterOfTwo(pods);
            if (!quick.IsEjected(timeProvider))
            {
                return quick;
            }
        }

        List<PodEndpoint> untried = [.. pods.Where(p => !tried.Contains(p))];
        if (untried.Count == 0)
        {
            return null;
        }

        List<PodEndpoint> healthy = [.. untried.Where(p => !p.IsEjected(timeProvider))];
        return healthy.Count > 0 ? BetterOfTwo(healthy) : takesEjected ? BetterOfTwo(untried) : null;
    }

    private static PodEndpoint BetterOfTwo(IReadOnlyList<PodEndpoint> pods)
    {
        if (pods.Count == 1)
        {
            return pods[0];
        }

        int first = Random.Shared.Next(pods.Count);
        int second = Random.Shared.Next(pods.Count - 1);
        if (second >= first)
        {
            second++;
        }

        return pods[second].InFlight < pods[first].InFlight ? pods[second] : pods[first];
    }
}
