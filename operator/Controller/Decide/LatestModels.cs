using System.Collections.Concurrent;
using System.Globalization;
using ModelOperator.Api;

namespace ModelOperator.Controller.Decide;

/// <summary>
/// The ModelDeployments as this process last wrote them. The cache hears of a write later than the writer does; a plan made
/// on what was before it would judge the same evidence again, or take a decision back.
/// </summary>
internal sealed class LatestModels
{
    private readonly ConcurrentDictionary<string, ModelDeployment> _written = new(StringComparer.Ordinal);

    /// <summary>The newer of what the cache holds and what was written.</summary>
    public ModelDeployment Of(ModelDeployment cached)
    {
        if (!_written.TryGetValue(Key(cached), out ModelDeployment? written))
        {
            return cached;
        }

        if (written.Metadata.Uid == cached.Metadata.Uid && IsOlder(cached.Metadata.ResourceVersion, written.Metadata.ResourceVersion))
        {
            return written;
        }

        // The cache has caught up: what was written is not needed any more.
        _written.TryRemove(new KeyValuePair<string, ModelDeployment>(Key(cached), written));
        return cached;
    }

    public void Remember(ModelDeployment written) => _written[Key(written)] = written;

    public void Forget(string? @namespace, string name) => _written.TryRemove($"{@namespace}/{name}", out _);

    private static string Key(ModelDeployment model) => $"{model.Metadata.Namespace}/{model.Metadata.Name}";

    // Versions of one type grow; the API has promised it since 1.35, and etcd has always kept it. Should one not be a number,
    // the cache counts: a plan made on too old a version is refused when its status is written.
    private static bool IsOlder(string? version, string? than) =>
        UInt128.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 a)
        && UInt128.TryParse(than, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 b)
        && a < b;
}
