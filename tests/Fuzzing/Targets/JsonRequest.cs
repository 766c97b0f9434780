using ModelOperator.Protocol;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>Infer requests whose tensors are JSON. The reader's quick way and its careful way must agree.</summary>
internal sealed class JsonRequest : ITarget
{
    private static readonly ProtocolLimits Limits = new();

    public string Name => "json";

    public IReadOnlyList<byte[]> Seeds => Targets.Seeds.Requests;

    public IReadOnlyList<byte[]> Words => Targets.Words.OfJson;

    public void Read(byte[] input) => Agreement.Check(
        () => InferRequestReader.Read(input, Limits), () => InferRequestReader.ReadCarefully(input, Memory<byte>.Empty, Limits));
}
