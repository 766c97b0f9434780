using System.Net;
using System.Net.Sockets;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>A port that refuses connections: taken, so that nobody else listens on it meanwhile, and not listened on.</summary>
internal sealed class RefusingPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Host and port.</summary>
    public string Address => _socket.LocalEndPoint!.ToString()!;

    public void Dispose() => _socket.Dispose();
}
