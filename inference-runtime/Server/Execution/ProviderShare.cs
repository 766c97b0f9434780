namespace ModelOperator.Server.Execution;

/// <summary>How much of a model's graph an execution provider has got.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Nodes">Nodes that it computes.</param>
internal readonly record struct ProviderShare(string Provider, int Nodes)
{
    /// <summary>What ONNX Runtime has given to whom, the largest share first.</summary>
    public static ProviderShare[] Of(OrtSession session) =>
    [
        .. OrtNative.Assignments(session.Handle)
            .GroupBy(a => ExecutionProviders.NameOf(a.Provider), a => a.Nodes, StringComparer.Ordinal)
            .Select(g => new ProviderShare(g.Key, g.Sum()))
            .OrderByDescending(s => s.Nodes),
    ];

    public override string ToString() => $"{Provider} ({Nodes} nodes)";
}
