using System.Globalization;

namespace ModelOperator.Kubernetes.Client;

/// <summary>Compares resourceVersions of one type.</summary>
internal static class ResourceVersions
{
    /// <summary>
    /// Versions of one type are numbers that grow (etcd's revision; the API promises it since 1.35); where one is not a number, only
    /// the very same version counts.
    /// </summary>
    public static bool HasReached(string current, string wanted) =>
        UInt128.TryParse(current, NumberStyles.None, CultureInfo.InvariantCulture, out var have)
        && UInt128.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var want)
            ? have >= want
            : string.Equals(current, wanted, StringComparison.Ordinal);
}
