using System.Net;

namespace ModelOperator.Addressing;

/// <summary>
/// Which network addresses models may come from. Whoever may write a ModelDeployment makes a pod send requests from where it runs, so only
/// public addresses are allowed unless the installation says more; metadata services, which hand out a machine's credentials, never are.
/// </summary>
public sealed class AllowedNetworks
{
    private readonly bool _private;
    private readonly bool _loopback;
    private readonly IReadOnlyList<IPNetwork> _networks;

    private AllowedNetworks(bool allowPrivate, bool allowLoopback, IReadOnlyList<IPNetwork> networks) =>
        (_private, _loopback, _networks) = (allowPrivate, allowLoopback, networks);

    /// <summary>Public addresses alone.</summary>
    public static AllowedNetworks PublicOnly { get; } = new(false, false, []);

    /// <summary>What a list may hold, for people.</summary>
    public const string Forms = "networks such as 10.96.0.0/12, separated by commas, 'private' for all private networks, or 'loopback'";

    /// <summary>What a list may hold that allows public addresses alone: they are allowed anyway.</summary>
    public const string PublicWord = "public";

    /// <summary>Reads a list.</summary>
    public static bool TryParse(string? list, out AllowedNetworks networks, out string problem)
    {
        networks = PublicOnly;
        problem = "";
        bool allowPrivate = false, allowLoopback = false;
        List<IPNetwork> ranges = [];
        foreach (string entry in (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry == PublicWord)
            {
                continue;
            }

            if (entry == "private")
            {
                allowPrivate = true;
            }
            else if (entry == "loopback")
            {
                allowLoopback = true;
            }
            else if (IPNetwork.TryParse(entry, out IPNetwork range))
            {
                ranges.Add(range);
            }
            else
            {
                problem = $"'{entry}' is not a network; use {Forms}";
                return false;
            }
        }

        networks = new AllowedNetworks(allowPrivate, allowLoopback, ranges);
        return true;
    }

    /// <summary>Why no request may go to an address; null when it may.</summary>
    public string? Refusal(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        IPAddress plain = EmbeddedAddresses.Unwrap(address);
        return AddressKinds.Of(plain) switch
        {
            AddressKind.Public => null,
            AddressKind.Metadata => $"{plain} may be a cloud's metadata service, which is never allowed",
            AddressKind.NoHost => $"{plain} is not the address of one machine",
            AddressKind.Loopback when _loopback => null,
            AddressKind.Private when _private => null,
            _ when _networks.Any(network => network.Contains(plain)) => null,
            AddressKind.Loopback => $"{plain} is a loopback address, which the installation does not allow",
            _ => $"{plain} is a private address, which the installation does not allow",
        };
    }

    /// <summary>The same for a request to the metadata service itself, which hands out the identity of a pod.</summary>
    public string? RefusalOfIdentity(IPAddress address) =>
        AddressKinds.Of(EmbeddedAddresses.Unwrap(address)) == AddressKind.Metadata ? null : Refusal(address);
}
