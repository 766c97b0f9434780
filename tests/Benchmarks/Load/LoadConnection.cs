using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOperator.Benchmarks.Load;

/// <summary>One HTTP/1.1 connection that sends the same request again and again, one at a time.</summary>
internal sealed class LoadConnection : IDisposable
{
    private static readonly byte[] HeaderEnd = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly byte[] _received = new byte[256 * 1024];
    private int _sent;
    private int _filled;
    private long _bodyLeft;
    private bool _inBody;

    public LoadConnection(IPEndPoint server, byte[] request)
    {
        _request = request;
        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(server);
        _socket.Blocking = false;
        _sent = request.Length;
    }

    public nint Handle => _socket.Handle;

    public bool IsBusy { get; private set; }

    /// <summary>When the request under way was due, in the stopwatch's ticks.</summary>
    public long Due { get; private set; }

    public void Begin(long due)
    {
        Due = due;
        IsBusy = true;
        _sent = 0;
        _filled = 0;
        _inBody = false;
        Send();
    }

    /// <summary>Sends and receives what can be; true when the response has come whole.</summary>
    /// <exception cref="IOException">The connection broke, or the answer was no 200.</exception>
    public bool Advance()
    {
        if (!IsBusy)
        {
            return false;
        }

        Send();
        while (true)
        {
            int read = _socket.Receive(_received.AsSpan(_inBody ? 0 : _filled), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return false;
            }

            if (error != SocketError.Success || read == 0)
            {
                throw new IOException($"the server closed the connection ({error})");
            }

            if (Take(read))
            {
                IsBusy = false;
                return true;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Send()
    {
        while (_sent < _request.Length)
        {
            int sent = _socket.Send(_request.AsSpan(_sent), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            if (error != SocketError.Success)
            {
                throw new IOException($"the server does not read the request ({error})");
            }

            _sent += sent;
        }
    }

    private bool Take(int read)
    {
        if (_inBody)
        {
            _bodyLeft -= read;
            return _bodyLeft <= 0;
        }

        _filled += read;
        int end = _received.AsSpan(0, _filled).IndexOf(HeaderEnd);
        if (end < 0)
        {
            return false;
        }

        _bodyLeft = ContentLength(_received.AsSpan(0, end)) - (_filled - end - HeaderEnd.Length);
        _inBody = true;
        return _bodyLeft <= 0;
    }

    private static long ContentLength(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith("HTTP/1.1 200 "u8))
        {
            throw new IOException($"the server answered {Encoding.ASCII.GetString(header[..Math.Min(header.Length, 40)])}");
        }

        ReadOnlySpan<byte> name = "\r\nContent-Length: "u8;
        int start = header.IndexOf(name);
        if (start < 0)
        {
            throw new IOException("the server's answer does not tell its length");
        }

        ReadOnlySpan<byte> rest = header[(start + name.Length)..];
        int end = rest.IndexOf((byte)'\r');
        return long.Parse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
