using System.Net;
using ModelOperator.Addressing;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// Which addresses a source may have. Whoever may write a ModelDeployment makes the operator send requests from where it runs. The rules
/// are those of models, with a list of their own: sources are usually Services of the cluster, so private networks are allowed unless the
/// list says otherwise.
/// </summary>
internal static class SourceAddress
{
    /// <summary>What is allowed where the installation says nothing.</summary>
    public const string Standard = "private";

    /// <summary>Reads a list; null and a problem when it is none.</summary>
    public static AllowedNetworks? Parse(string? list, out string problem) =>
        AllowedNetworks.TryParse(list ?? Standard, out AllowedNetworks networks, out problem) ? networks : null;

    /// <summary>Why no request is sent to a host; null when all its addresses are allowed.</summary>
    public static string? Problem(IReadOnlyCollection<IPAddress> addresses, AllowedNetworks networks) => addresses.Count == 0
        ? "it has no address"
        : addresses.Select(networks.Refusal).FirstOrDefault(problem => problem is not null);
}
