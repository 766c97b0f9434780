using ModelOperator.Addressing;

namespace ModelOperator.Fetch.Tests;

/// <summary>What the tests of fetching have in common.</summary>
internal static class FetchTesting
{
    /// <summary>The stores of tests are on this machine.</summary>
    public static AllowedNetworks Loopback { get; } = Networks("loopback");

    public static AllowedNetworks Networks(string list) =>
        AllowedNetworks.TryParse(list, out AllowedNetworks networks, out string problem)
            ? networks
            : throw new ArgumentException(problem, nameof(list));

    public static ModelAddress Address(string text) =>
        ModelAddress.TryParse(text, out ModelAddress address, out string problem)
            ? address
            : throw new ArgumentException(problem, nameof(text));

    public static FetchOptions Options(string address, string output) => new()
    {
        Address = Address(address),
        Output = output,
        Networks = Loopback,
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };
}
