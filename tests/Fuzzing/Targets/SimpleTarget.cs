using ModelOperator.Protocol;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>A reader of JSON that needs nothing else.</summary>
internal sealed class SimpleTarget(string name, Action<byte[], ProtocolLimits> read, params string[] seeds) : ITarget
{
    private static readonly ProtocolLimits Limits = new();

    public string Name => name;

    public IReadOnlyList<byte[]> Seeds { get; } = [.. seeds.Select(Targets.Words.Utf8)];

    public IReadOnlyList<byte[]> Words => Targets.Words.OfJson;

    public void Read(byte[] input) => read(input, Limits);
}
