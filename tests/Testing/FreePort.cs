using System.Net;
using System.Net.Sockets;

namespace ModelOperator.Testing;

/// <summary>A port for a program that cannot say which one it was given.</summary>
public static class FreePort
{
    /// <summary>A port of the loopback address that nobody listens on; nothing holds it for the caller.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
