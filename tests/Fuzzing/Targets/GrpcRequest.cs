using System.Buffers;
using ModelOperator.Protocol;
using ModelOperator.Protocol.Grpc;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>
/// Infer requests as gRPC carries them. Reading tells beforehand where raw tensors begin, which must be true. However a message is cut into
/// pieces, the same must be read, and all that was rented be given back.
/// </summary>
internal sealed class GrpcRequest : ITarget
{
    private const int MostPieces = 8;

    private static readonly ProtocolLimits Limits = new();

    public string Name => "grpc";

    public IReadOnlyList<byte[]> Seeds { get; } = [.. GrpcSeeds.All()];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        [0x0a, 1, (byte)'x'], [0x12, 4, .. "FP32"u8],
        [0x12, 5, .. "BYTES"u8], [0x12, 4, .. "BOOL"u8], [0x12, 5, .. "INT64"u8], [0x12, 4, .. "BF16"u8],
        [0x1a, 2, 1, 2], [0x1a, 0], [0x18, 1], [0x22, 0], [0x2a, 0], [0x2a, 2],
        [0x2a, 4], [0x32, 0], [0x32, 4], [0x3a, 0], [0x3a, 4, 0, 0, 0, 0], [0x3a, 8],
        [0x0a, 2, 1, 0], [0x42, 1, 65], [0x80], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], [0xff, 0xff, 0xff, 0xff, 0x07], [0x0b], [0x0c], [0x0d], [0x09],
        .. ((string[])["binary_data_output", "classification", "priority", "timeout", "sequence_id", "triton_enable_empty_final_response"])
            .Select(Targets.Words.Utf8),
    ];

    public void Read(byte[] input)
    {
        CheckCopy(input, Pieces.Of(input, input.AsSpan(0, Math.Min(MostPieces, input.Length))));
        Owner owner = new();
        int first = ModelInferRequestReader.FirstRawTensor(input);
        if (first > input.Length)
        {
            throw new InvalidOperationException($"the first raw tensor is said to begin at {first} of {input.Length}");
        }

        try
        {
            using ModelInferRequest request = ModelInferRequestReader.Read(input, owner, Limits);
            foreach (InferTensor tensor in request.Infer.Inputs)
            {
                if (tensor.DataType != TensorDataType.Bytes && tensor.Data.Length != tensor.ElementCount * tensor.DataType.Size())
                {
                    throw new InvalidOperationException(
                        $"{tensor.ElementCount} elements of {tensor.DataType} take {tensor.Data.Length} bytes");
                }
            }
        }
        catch (ProtocolException)
        {
            owner.MustBeDisposed();
            throw;
        }

        owner.MustBeDisposed();
    }

    private static void CheckCopy(byte[] input, ReadOnlySequence<byte> pieces)
    {
        MessageBuffer message = MessageBuffer.Copy(pieces);
        if (!message.Memory.Span.SequenceEqual(input))
        {
            throw new InvalidOperationException("in pieces the message is another one");
        }

        try
        {
            ModelInferRequestReader.Read(message.Memory, message, Limits).Dispose();
        }
        catch (ProtocolException)
        {
            // Checked where the message is whole.
        }

        try
        {
            _ = message.Memory;
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        throw new InvalidOperationException("the message in pieces was not given back");
    }

    private sealed class Owner : IDisposable
    {
        private int _disposed;

        public void Dispose() => _disposed++;

        public void MustBeDisposed()
        {
            if (_disposed != 1)
            {
                throw new InvalidOperationException($"the message was given back {_disposed} times");
            }
        }
    }
}
