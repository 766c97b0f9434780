using System.Buffers.Binary;
using System.IO.Compression;
using ModelOperator.Testing;

namespace ModelOperator.Server.Tests.Grpc;

/// <summary>Messages as they are on the wire.</summary>
internal static class Frames
{
    public static byte[] Plain(byte[] message) => Frame(0, message);

    public static byte[] Gzip(byte[] message) => Frame(1, Compressed.Gzip(message));

    public static byte[] Deflate(byte[] message) => Frame(1, Compressed.Deflate(message));

    public static byte[] Frame(byte flag, byte[] payload, uint? length = null)
    {
        byte[] frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>The messages in the body of a response.</summary>
    public static List<(bool Compressed, byte[] Payload)> Parse(ReadOnlySpan<byte> body)
    {
        List<(bool, byte[])> messages = [];
        while (!body.IsEmpty)
        {
            int length = (int)BinaryPrimitives.ReadUInt32BigEndian(body[1..]);
            messages.Add((body[0] == 1, body.Slice(5, length).ToArray()));
            body = body[(5 + length)..];
        }

        return messages;
    }

    public static byte[] Unzip(byte[] payload)
    {
        using GZipStream stream = new(new MemoryStream(payload), CompressionMode.Decompress);
        using MemoryStream result = new();
        stream.CopyTo(result);
        return result.ToArray();
    }
}
