using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// Calls the server over a connection of HTTP/2 of its own: what Kestrel needs for the first one is compiled when it comes. The frames are written by hand,
/// because a client of .NET would need more compiling than the server.
/// </summary>
internal static class ConnectionWarmUp
{
    private const int FrameHead = 9;
    private const int MostFrame = 1 << 20;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>A call that succeeds, and one whose message is read and refused.</summary>
    private static readonly string[] Paths = [$"/{GrpcServices.Inference}/ServerLive", InferMethod.Path];

    /// <returns>How many calls were answered.</returns>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    public static int Run(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendTimeout = (int)Limit.TotalMilliseconds,
            ReceiveTimeout = (int)Limit.TotalMilliseconds,
        };
        socket.Connect(IPAddress.Loopback, port);
        socket.Send(Requests());
        using NetworkStream stream = new(socket);
        Span<byte> head = stackalloc byte[FrameHead];
        byte[] skipped = new byte[256];
        int answered = 0;
        while (answered < Paths.Length && stream.ReadAtLeast(head, FrameHead, throwOnEndOfStream: false) == FrameHead)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(head) >> 8;
            answered += head[3] is Data or Headers && (head[4] & EndStream) != 0 ? 1 : 0;
            if (length > MostFrame)
            {
                break;
            }

            for (int left = length; left > 0;)
            {
                int read = stream.Read(skipped.AsSpan(0, Math.Min(left, skipped.Length)));
                left = read == 0 ? 0 : left - read;
            }
        }

        return answered;
    }

    private static byte[] Requests()
    {
        List<byte> bytes = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8];
        // The largest frame, as most clients state it.
        Frame(bytes, Settings, 0, 0, [0, 5, 0, 0, 0x40, 0]);
        for (int i = 0; i < Paths.Length; i++)
        {
            int stream = (2 * i) + 1;
            Frame(bytes, Headers, EndHeaders, stream, [.. HeaderBlock(Paths[i])]);
            // An empty message.
            Frame(bytes, Data, EndStream, stream, [0, 0, 0, 0, 0]);
        }

        return [.. bytes];
    }

    /// <summary>The headers of a call in HPACK: names of its static table by their number, and, so that its decoder is met too, a text in Huffman's code.</summary>
    private static IEnumerable<byte> HeaderBlock(string path) =>
    [
        0x83, // :method POST
        0x86, // :scheme http
        0x04, .. Text(path),
        0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff, // :authority www.example.com
        0x0f, 0x10, .. Text("application/grpc"), // content-type
        0x0f, 0x2b, .. Text("warm-up"), // user-agent
        // No client's request: it is not traced.
        0x00, .. Text("traceparent"), .. Text("00-00000000000000000000000000000001-0000000000000001-00"),
        0x00, .. Text("te"), .. Text("trailers"),
        0x00, .. Text("grpc-accept-encoding"), .. Text("identity,deflate,gzip"),
    ];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static void Frame(List<byte> to, byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        to.AddRange([0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, (byte)stream]);
        to.AddRange(payload);
    }
}
