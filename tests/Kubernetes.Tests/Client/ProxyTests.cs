using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>Calls through a proxy that wants credentials, in bytes as they go over the wire.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(30_000)]
public sealed class ProxyTests
{
    private const string Answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 25\r\nConnection: "
        + "close\r\n\r\n{\"metadata\":{\"name\":\"a\"}}";

    [Test]
    public async Task An_http_proxy_gets_the_credentials_it_asks_for(CancellationToken cancellationToken)
    {
        using var listener = Listen(out int port);
        var proxy = Task.Run(
            async () =>
            {
                using var first = await listener.AcceptTcpClientAsync(cancellationToken);
                await using var stream = first.GetStream();
                string asked = await RequestAsync(stream, cancellationToken);
                await WriteAsync(
                    stream,
                    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n",
                    cancellationToken);
                string authorized = await RequestAsync(stream, cancellationToken);
                await WriteAsync(stream, Answer, cancellationToken);
                return (asked, authorized);
            },
            cancellationToken);

        await CallAsync($"http://me:p%40ss@127.0.0.1:{port}", cancellationToken);

        var (without, with) = await proxy;
        Assert.That(
            without,
            Does.StartWith("GET http://api.test/api/v1/namespaces/n/configmaps/a ").And.Not.Contain("Proxy-Authorization"));
        Assert.That(with, Does.Contain($"Proxy-Authorization: Basic {Convert.ToBase64String("me:p@ss"u8)}"));
    }

    [Test]
    public async Task A_socks5_proxy_gets_the_credentials_and_resolves_the_servers_name(CancellationToken cancellationToken)
    {
        using var listener = Listen(out int port);
        var proxy = Task.Run(
            async () =>
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                await using var stream = client.GetStream();
                byte[] greeting = await ReadAsync(stream, 2, cancellationToken);
                byte[] methods = await ReadAsync(stream, greeting[1], cancellationToken);
                Assert.That(((int)greeting[0], methods.Contains((byte)2)), Is.EqualTo((5, true)), "SOCKS 5, with user name and password");
                await stream.WriteAsync(new byte[] { 5, 2 }, cancellationToken);
                await ReadAsync(stream, 1, cancellationToken);
                string user = await TextAsync(stream, cancellationToken);
                string password = await TextAsync(stream, cancellationToken);
                await stream.WriteAsync(new byte[] { 1, 0 }, cancellationToken);
                byte[] connect = await ReadAsync(stream, 4, cancellationToken);
                Assert.That(connect[3], Is.EqualTo(3), "a name, not an address");
                string host = await TextAsync(stream, cancellationToken);
                await ReadAsync(stream, 2, cancellationToken);
                await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, cancellationToken);
                string request = await RequestAsync(stream, cancellationToken);
                await WriteAsync(stream, Answer, cancellationToken);
                return (user, password, host, request);
            },
            cancellationToken);

        await CallAsync($"socks5://me:secret@127.0.0.1:{port}", cancellationToken);

        var seen = await proxy;
        Assert.That((seen.user, seen.password, seen.host), Is.EqualTo(("me", "secret", "api.test")));
        Assert.That(seen.request, Does.StartWith("GET /api/v1/namespaces/n/configmaps/a "));
    }

    private static async Task CallAsync(string proxy, CancellationToken cancellationToken)
    {
        using var client = new KubernetesClient(
            new KubernetesClientConfiguration
            {
                Server = new Uri("http://api.test"),
                Proxy = new Uri(proxy),
                Timeout = TimeSpan.FromSeconds(10),
            },
            TimeProvider.System,
            NullLogger<KubernetesClient>.Instance);

        var found = await client.GetAsync(Resources.ConfigMaps, "n", "a", cancellationToken);

        Assert.That(found?.Metadata.Name, Is.EqualTo("a"));
    }

    private static TcpListener Listen(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    private static async Task<string> RequestAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            text.Append((char)(await ReadAsync(stream, 1, cancellationToken))[0]);
        }

        return text.ToString();
    }

    private static async Task<string> TextAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] length = await ReadAsync(stream, 1, cancellationToken);
        return Encoding.UTF8.GetString(await ReadAsync(stream, length[0], cancellationToken));
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private static Task WriteAsync(NetworkStream stream, string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken).AsTask();
}
