using System.IO.Compression;
using System.Reflection;
using ModelOperator.Grpc;
using ModelOperator.Protocol;
using ModelOperator.Protocol.Grpc;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>
/// The bodies of gRPC calls: messages with their lengths, plain or compressed. An input begins with the encoding of the call, whether it has one message or any
/// number, and the lengths of the pieces it arrives in. However it is cut, the same must be read, and all that was rented be given back.
/// </summary>
internal sealed class GrpcFraming : ITarget
{
    private const int MostMessages = 64;
    private const int MostPieces = 8;

    /// <summary>A length is believed before its bytes are there.</summary>
    private static readonly GrpcLimits Limits = new() { MaxReceiveMessageBytes = 32 * 1024 };

    public string Name => "framing";

    public Assembly Instrumented => typeof(GrpcLimits).Assembly;

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0],
        [0, 0, .. Frame(0, [1, 2, 3]), .. Frame(0, []), .. Frame(0, new byte[300])],
        [0, 3, 1, 4, 2, .. Frame(0, [1, 2, 3]), .. Frame(0, [4])],
        [1, 0, .. Frame(1, Gzip([1, 2, 3])), .. Frame(0, [4])],
        [1, 2, 5, 1, .. Frame(1, Gzip(new byte[1000]))],
        [2, 1, 7, .. Frame(1, Deflate([1, 2, 3])), .. Frame(1, Deflate(new byte[30_000]))],
        [3, 0, .. Frame(0, [1, 2, 3])],
        [4, 2, 3, 5, .. Frame(1, Gzip([1, 2, 3]))],
        [5, 1, 6, .. Frame(1, Deflate([1, 2, 3]))],
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        Frame(0, []), Frame(1, []), Frame(0, [1]), Frame(2, [1]), Frame(1, Gzip([])), Frame(1, Gzip([7])), Frame(1, Deflate([7])), Frame(1, Gzip(new byte[40_000])),
        [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0x80, 0, 0], [0, 0, 0, 0x80, 0], [0, 0, 0, 0x80, 1], [0, 0xff, 0xff, 0xff, 0xff], [0x1f, 0x8b, 8], [0x78, 1], [0x78, 0x9c],
    ];

    public void Read(byte[] input)
    {
        if (input.Length < 2)
        {
            return;
        }

        MessageEncoding encoding = (MessageEncoding)(input[0] % 3);
        bool single = input[0] / 3 % 2 == 1;
        int cuts = Math.Min(input[1] % MostPieces, input.Length - 2);
        ReadOnlyMemory<byte> body = input.AsMemory(2 + cuts);
        Outcome whole = ReadAll(new Arrivals(body, []), encoding, single);
        Outcome cut = ReadAll(new Arrivals(body, input.AsSpan(2, cuts)), encoding, single);
        if (whole.Refusal != cut.Refusal || !whole.Messages.SequenceEqual(cut.Messages, ByteComparer.Instance))
        {
            throw new InvalidOperationException(
                $"in one piece there are {whole.Messages.Count} messages and '{whole.Refusal}', in {cuts + 1} pieces {cut.Messages.Count} and '{cut.Refusal}'");
        }

        if (whole.Refusal is not null)
        {
            throw new ProtocolException(whole.Refusal);
        }
    }

    private static Outcome ReadAll(Arrivals arrivals, MessageEncoding encoding, bool single)
    {
        MessageReader reader = new(arrivals, Limits, encoding);
        List<byte[]> messages = [];
        Budget budget = new();
        try
        {
            while (messages.Count < MostMessages && Next(reader, budget, single) is { } message)
            {
                using (message)
                {
                    messages.Add(message.Span.ToArray());
                }

                if (messages[^1].Length > Limits.MaxReceiveMessageBytes)
                {
                    throw new InvalidOperationException($"a message of {messages[^1].Length} bytes was read, the limit is {Limits.MaxReceiveMessageBytes}");
                }

                if (single)
                {
                    break;
                }
            }

            return new Outcome(messages, null);
        }
        catch (RpcException e) when (e.Status is StatusCode.Internal or StatusCode.ResourceExhausted or StatusCode.Unimplemented)
        {
            return new Outcome(messages, $"{e.Status}: {e.Message}");
        }
    }

    private static MessageBuffer? Next(MessageReader reader, Budget budget, bool single)
    {
        ValueTask<MessageBuffer?> read = single
            ? Single(reader.ReadSingleAsync(budget, ModelInferRequestReader.FirstRawTensor, CancellationToken.None))
            : reader.ReadAsync(budget, ModelInferRequestReader.FirstRawTensor, CancellationToken.None);
        return read.IsCompleted ? read.GetAwaiter().GetResult() : throw new InvalidOperationException("the reader waits for what has arrived");
    }

    private static async ValueTask<MessageBuffer?> Single(ValueTask<MessageBuffer> read) => await read;

    private static byte[] Frame(byte flag, byte[] payload) =>
        [flag, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    private static byte[] Gzip(byte[] message) => Compress(message, static s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true));

    private static byte[] Deflate(byte[] message) => Compress(message, static s => new ZLibStream(s, CompressionLevel.Fastest, leaveOpen: true));

    private static byte[] Compress(byte[] message, Func<Stream, Stream> open)
    {
        using MemoryStream target = new();
        using (Stream stream = open(target))
        {
            stream.Write(message);
        }

        return target.ToArray();
    }

    private sealed record Outcome(List<byte[]> Messages, string? Refusal);

    /// <summary>What a message takes must be asked for before, and be within the limit.</summary>
    private sealed class Budget : IMessageBudget
    {
        public void Reserve(long bytes)
        {
            if (bytes < 0 || bytes > Limits.MaxReceiveMessageBytes + 1L)
            {
                throw new InvalidOperationException($"{bytes} bytes are asked for, the limit is {Limits.MaxReceiveMessageBytes}");
            }
        }
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>
    {
        public static readonly ByteComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj.Length;
    }
}
