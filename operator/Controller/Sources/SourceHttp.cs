using System.Net;
using System.Net.Sockets;
using ModelOperator.Kubernetes.Http;
using Polly.Timeout;

namespace ModelOperator.Controller.Sources;

/// <summary>Sends a request to a source: to allowed addresses, without redirects, within a time and a size.</summary>
internal sealed class SourceHttp : IDisposable
{
    private readonly SourceOptions _options;
    private readonly SocketsHttpHandler _connections;
    private readonly HttpCaller _http;

    public SourceHttp(SourceOptions options, TimeProvider timeProvider)
    {
        _options = options;
        // Without a proxy, which would resolve the name itself, past the check of the address.
        _connections = HttpCaller.NewHandler();
        _connections.MaxConnectionsPerServer = options.ConnectionsPerServer;
        _connections.ConnectCallback = ConnectAsync;
        _http = new HttpCaller(
            _connections, new HttpCallOptions { Name = OperatorSettings.Name, LargestAnswer = options.LargestAnswer, Retries = options.Retries }, timeProvider);
    }

    /// <summary>The status and the body of the answer; a <see cref="SourceException"/> when there is none.</summary>
    /// <param name="request">Makes the request, once an attempt.</param>
    /// <param name="limit">Longest time, all attempts together.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(
        Func<HttpRequestMessage> request, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken, limit);
        }
        catch (TimeoutRejectedException e)
        {
            throw new SourceException($"no answer within {limit.TotalSeconds:0.###} seconds", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SourceException($"the answer is larger than {_options.LargestAnswer} bytes", e);
        }
        catch (Exception e) when (e is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } or HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse })
        {
            // Its message would quote what was answered, and tell people what only the operator can reach.
            throw new SourceException("the answer is not valid HTTP", e);
        }
        catch (HttpRequestException e)
        {
            throw new SourceException($"it cannot be reached: {(e.InnerException as SourceException)?.Message ?? e.Message}", e);
        }
        catch (IOException e)
        {
            throw new SourceException($"the answer broke off: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _connections.Dispose();
    }

    // The very address that was checked is connected to: a name that resolves to another one a moment later gains nothing.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint host = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(host.Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        if (SourceAddress.Problem(addresses, _options.Networks) is { } problem)
        {
            throw new SourceException($"no request is sent to {host.Host}: {problem}");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
