using System.Globalization;
using System.Text.RegularExpressions;
using ModelOperator.Benchmarks.Serving;

namespace ModelOperator.Benchmarks.Gpu;

/// <summary>What the server itself says of where its model runs, on its metrics.</summary>
internal static partial class ServerProviders
{
    private static readonly HttpClient Client = new();

    /// <summary>Share of the graph's nodes that an execution provider has.</summary>
    public static async Task<double> ShareAsync(PinnedServer server, string provider)
    {
        string metrics = await Client.GetStringAsync($"http://{server.Endpoint}/metrics");
        (string Provider, double Nodes)[] nodes =
            [.. Nodes()
                .Matches(metrics)
                .Select(m => (m.Groups["provider"].Value, double.Parse(m.Groups["nodes"].Value, CultureInfo.InvariantCulture)))];
        return nodes.Length == 0
            ? throw new InvalidOperationException("the server's metrics do not tell where the model runs")
            : nodes.Where(n => n.Provider.StartsWith(provider, StringComparison.OrdinalIgnoreCase)).Sum(n => n.Nodes)
                / nodes.Sum(n => n.Nodes);
    }

    [GeneratedRegex(
        "^model_server_execution_provider_nodes\\{[^}]*provider=\"(?<provider>[^\"]*)\"[^}]*\\} (?<nodes>[0-9.]+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Nodes();
}
