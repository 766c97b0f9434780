using System.Text.Json;

namespace ModelOperator.Benchmarks.Gpu;

/// <summary>What ONNX Runtime's profiler says ran where: the kernels of a model by execution provider, and the time they took.</summary>
internal sealed record ProviderProfile(IReadOnlyDictionary<string, ProviderShare> Providers)
{
    private const string KernelEnd = "_kernel_time";

    public static ProviderProfile Read(string file)
    {
        Dictionary<string, ProviderShare> providers = [];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            if (entry.TryGetProperty("cat", out JsonElement category) && category.GetString() == "Node"
                && entry.GetProperty("name").GetString()!.EndsWith(KernelEnd, StringComparison.Ordinal)
                && entry.GetProperty("args") is var arguments
                && arguments.TryGetProperty("provider", out JsonElement provider))
            {
                if (!providers.TryGetValue(provider.GetString()!, out ProviderShare? share))
                {
                    providers.Add(provider.GetString()!, share = new ProviderShare());
                }

                share.Add(
                    arguments.GetProperty("op_name").GetString()!,
                    entry.GetProperty("name").GetString()!,
                    entry.GetProperty("dur").GetDouble());
            }
        }

        return new ProviderProfile(providers);
    }

    /// <summary>Share of the kernels' time that a provider had.</summary>
    public double TimeOf(string provider) =>
        Providers.TryGetValue(provider, out ProviderShare? share) ? share.Microseconds / Providers.Values.Sum(p => p.Microseconds) : 0;
}

/// <summary>One provider's kernels.</summary>
internal sealed class ProviderShare
{
    private readonly Dictionary<string, HashSet<string>> _nodes = [];

    public double Microseconds { get; private set; }

    /// <summary>Kernels by operator, as "Conv 53, Gemm 1".</summary>
    public string Kernels => string.Join(", ", _nodes.OrderByDescending(o => o.Value.Count).Select(o => $"{o.Key} {o.Value.Count}"));

    public void Add(string operation, string node, double microseconds)
    {
        Microseconds += microseconds;
        if (!_nodes.TryGetValue(operation, out HashSet<string>? nodes))
        {
            _nodes.Add(operation, nodes = []);
        }

        nodes.Add(node);
    }
}
