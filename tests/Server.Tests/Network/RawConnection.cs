using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ModelOperator.Server.Tests.Network;

/// <summary>A connection on which anything can be sent.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly List<byte> _received = [];
    private NetworkStream _stream = null!;

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        RawConnection connection = new();
        try
        {
            await connection._client.ConnectAsync(server.Host, server.Port);
            connection._stream = connection._client.GetStream();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static string Infer(string body, string headers = "") =>
        "POST /v2/models/digits/infer HTTP/1.1\r\nHost: digits\r\nContent-Type: application/json\r\nContent-Length: "
        + $"{Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture)}\r\n{headers}\r\n{body}";

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask();

    /// <summary>Sends no more, and listens still.</summary>
    public void CloseSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection as a crash does.</summary>
    public void Reset()
    {
        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Close();
    }

    /// <summary>The next answer; null when the server closed the connection instead.</summary>
    public async Task<RawAnswer?> ReceiveAsync(TimeSpan? timeout = null)
    {
        using CancellationTokenSource limit = new(timeout ?? TimeSpan.FromSeconds(20));
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            if (RawAnswer.TryTake(_received) is { } answer)
            {
                return answer;
            }

            int count;
            try
            {
                count = await _stream.ReadAsync(buffer, limit.Token);
            }
            catch (IOException)
            {
                return null;
            }

            if (count == 0)
            {
                return null;
            }

            _received.AddRange(buffer.AsSpan(0, count).ToArray());
        }
    }

    public void Dispose() => _client.Dispose();
}
