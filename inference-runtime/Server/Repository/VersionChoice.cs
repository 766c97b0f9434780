using ModelOperator.Protocol;

namespace ModelOperator.Server.Repository;

/// <summary>Which of a model's versions are served.</summary>
/// <param name="Latest">So many of the newest; 0 serves all.</param>
/// <param name="Specific">Just these; none leaves it to <paramref name="Latest"/>.</param>
internal sealed record VersionChoice(int Latest, IReadOnlyList<long> Specific)
{
    /// <summary>The ones that are served, the newest first.</summary>
    /// <param name="there">All that there are.</param>
    /// <exception cref="ProtocolException">One of those that are wanted is not among them.</exception>
    public IReadOnlyList<long> Of(IReadOnlyList<long> there)
    {
        foreach (long wanted in Specific)
        {
            if (!there.Contains(wanted))
            {
                throw new ProtocolException(
                    $"config: version_policy.specific.versions has {wanted}, but there are only {string.Join(", ", there.Order())}");
            }
        }

        return Specific.Count > 0
            ? [.. Specific.Distinct().OrderDescending()]
            : [.. there.OrderDescending().Take(Latest == 0 ? int.MaxValue : Latest)];
    }
}
