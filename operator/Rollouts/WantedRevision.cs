using ModelOperator.Api;

namespace ModelOperator.Rollouts;

/// <summary>
/// The revision that a spec asks for. A spec that names no image asks for the operator's default, but a revision that is there keeps the
/// image it was made with: an operator with another default starts no rollout, and a spec that is set back finds its revision again.
/// </summary>
public static class WantedRevision
{
    /// <summary>The spec with its defaults filled in, and its revision.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <param name="status">What is known of earlier revisions.</param>
    /// <param name="runtimeImage">The operator's image of the inference runtime, for a new revision.</param>
    public static (EffectiveSpec Spec, string Revision) Of(ModelDeploymentSpec spec, ModelDeploymentStatus? status, string runtimeImage)
    {
        ArgumentNullException.ThrowIfNull(spec);
        foreach (string image in spec.Runtime?.Image is null ? ImagesOf(status) : [])
        {
            (EffectiveSpec Spec, string Revision) kept = With(spec, image);
            if (status!.Revisions!.Exists(known => known.Revision == kept.Revision))
            {
                return kept;
            }
        }

        return With(spec, runtimeImage);
    }

    // What is on trial or serves comes first, then the newest.
    private static IEnumerable<string> ImagesOf(ModelDeploymentStatus? status) =>
        (status?.Revisions ?? [])
            .AsEnumerable()
            .Reverse()
            .OrderBy(known => known.Revision == status!.CanaryRevision ? 0 : known.Revision == status.StableRevision ? 1 : 2)
            .Select(known => known.Image)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);

    private static (EffectiveSpec Spec, string Revision) With(ModelDeploymentSpec spec, string image)
    {
        EffectiveSpec effective = Defaults.Resolve(spec, image);
        return (effective, RevisionHash.Of(effective));
    }
}
