using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ModelOperator.Kubernetes.Http;
using Polly.Timeout;

namespace ModelOperator.Controller.Sources;

/// <summary>Sends a request to a source: to allowed addresses, without redirects, within a time and a size.</summary>
internal sealed class SourceHttp : IDisposable
{
    private const int MostAuthorities = 64;

    private readonly SourceOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly Connections _connections;

    // A connection is as good as the authorities that were asked when it was made: those who name others get others.
    private readonly ConcurrentDictionary<string, Connections> _byAuthorities = new(StringComparer.Ordinal);

    public SourceHttp(SourceOptions options, TimeProvider timeProvider)
    {
        (_options, _timeProvider) = (options, timeProvider);
        _connections = Connect(authorities: null);
    }

    private sealed record Connections(SocketsHttpHandler Handler, HttpCaller Caller) : IDisposable
    {
        public void Dispose()
        {
            Caller.Dispose();
            Handler.Dispose();
        }
    }

    /// <summary>The status and the body of the answer; a <see cref="SourceException"/> when there is none.</summary>
    /// <param name="request">Makes the request, once an attempt.</param>
    /// <param name="limit">Longest time, all attempts together.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="credentials">What the source asks for; null for nothing.</param>
    public async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(
        Func<HttpRequestMessage> request, TimeSpan limit, CancellationToken cancellationToken, SourceCredentials? credentials = null)
    {
        try
        {
            (HttpStatusCode status, byte[] body) = await CallerFor(credentials).SendAsync(
                credentials is null ? request : () => credentials.AddTo(request()), cancellationToken, limit);
            return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? throw Refused(status, credentials) : (status, body);
        }
        catch (TimeoutRejectedException e)
        {
            throw new SourceException($"no answer within {limit.TotalSeconds:0.###} seconds", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SourceException($"the answer is larger than {_options.LargestAnswer} bytes", e);
        }
        catch (Exception e) when (e is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
            or HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse })
        {
            // Its message would quote what was answered, and tell people what only the operator can reach.
            throw new SourceException("the answer is not valid HTTP", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new SourceException(
                "no secure connection: its certificate is not for this host, or by no authority that the operator knows; "
                + "put the authority's certificate (PEM) into the key ca.crt of the Secret in credentialsSecretRef",
                e);
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
        _connections.Dispose();
        foreach (Connections connections in _byAuthorities.Values)
        {
            connections.Dispose();
        }
    }

    private static SourceException Refused(HttpStatusCode status, SourceCredentials? credentials) => new(credentials is null
        ? $"it answers {(int)status}: it asks for credentials or a tenant; name a Secret in credentialsSecretRef with the keys endpoint, "
            + "and token, or username and password, or a header such as header.X-Scope-OrgID"
        : $"it answers {(int)status}: it does not accept what is in Secret {credentials.Secret}");

    private HttpCaller CallerFor(SourceCredentials? credentials)
    {
        if (credentials?.Authorities is not { } pem)
        {
            return _connections.Caller;
        }

        if (_byAuthorities.Count >= MostAuthorities && !_byAuthorities.ContainsKey(pem))
        {
            // Not disposed: they may carry a question, and close when idle.
            _byAuthorities.Clear();
        }

        return _byAuthorities.GetOrAdd(pem, Connect).Caller;
    }

    private Connections Connect(string? authorities)
    {
        // Without a proxy, which would resolve the name itself, past the check of the address.
        SocketsHttpHandler handler = HttpCaller.NewHandler();
        handler.MaxConnectionsPerServer = _options.ConnectionsPerServer;
        handler.ConnectCallback = ConnectAsync;
        if (authorities is not null)
        {
            var trusted = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            trusted.CustomTrustStore.ImportFromPem(authorities);
            handler.SslOptions.CertificateChainPolicy = trusted;
        }

        return new Connections(handler, new HttpCaller(
            handler,
            new HttpCallOptions { Name = OperatorSettings.Name, LargestAnswer = _options.LargestAnswer, Retries = _options.Retries },
            _timeProvider));
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
