namespace ModelOperator.Grpc;

/// <summary>What a call may take.</summary>
public sealed record GrpcLimits
{
    /// <summary>Bytes of a message received, compressed or not.</summary>
    public int MaxReceiveMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of a message sent, before compression.</summary>
    public int MaxSendMessageBytes { get; init; } = int.MaxValue;

    /// <summary>Answers smaller than this are not compressed: it would cost more than it saves.</summary>
    public int MinCompressedBytes { get; init; } = 1024;
}
