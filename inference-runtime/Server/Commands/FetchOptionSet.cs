using System.CommandLine;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Stores;

namespace ModelOperator.Server.Commands;

/// <summary>The options of the commands that download something.</summary>
internal static class FetchOptionSet
{
    public static readonly Option<string?> Credentials = new("--credentials")
    {
        Description = "Folder of a secret with the keys that the kind of store needs; sent to that store alone",
    };

    public static readonly Option<bool> WorkloadIdentity = new("--workload-identity")
    {
        Description = "Sign in to s3, azblob and gs as the pod's service account",
    };

    public static readonly Option<string?> AllowedNetworks = new("--allowed-networks")
    {
        Description = $"What may be downloaded from besides public addresses: {Addressing.AllowedNetworks.Forms}",
    };

    public static ModelAddress ParseAddress(string text, string option) =>
        ModelAddress.TryParse(text, out ModelAddress address, out string problem)
            ? address
            : throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{option} cannot be used: it {problem}");

    public static SecretFolder? ReadCredentials(ParseResult parsed) =>
        parsed.GetValue(Credentials) is { } directory ? new SecretFolder(directory) : null;

    public static AllowedNetworks ReadNetworks(ParseResult parsed) =>
        Addressing.AllowedNetworks.TryParse(parsed.GetValue(AllowedNetworks), out AllowedNetworks networks, out string problem)
            ? networks
            : throw new TerminatingException(FailureReasons.InvalidConfiguration, $"--allowed-networks cannot be used: {problem}");
}
