using System.Net;
using System.Net.Sockets;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ModelOperator.Controller.Sources;

/// <summary>Sends a request to a source: to allowed addresses, without redirects, within a time and a size.</summary>
internal sealed class SourceHttp : IDisposable
{
    private static readonly ResiliencePropertyKey<TimeSpan> Limit = new("limit");

    private readonly SourceOptions _options;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _pipeline;

    public SourceHttp(SourceOptions options, TimeProvider timeProvider)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A proxy would resolve the name itself, past the check of the address.
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = options.ConnectionsPerServer,
            ConnectCallback = ConnectAsync,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        {
            MaxResponseContentBufferSize = options.LargestAnswer,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("model-operator");
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static arguments => ValueTask.FromResult(arguments.Context.Properties.GetValue(Limit, TimeSpan.FromSeconds(5))),
            })
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = TimeSpan.FromMilliseconds(100),
                UseJitter = true,
                // What was sent may have been acted on; what was not sent may be sent again.
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(
                    e => e.InnerException is not SourceException
                        && e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError),
            })
            .Build();
    }

    /// <summary>The status and the body of the answer; a <see cref="SourceException"/> when there is none.</summary>
    /// <param name="request">Makes the request, once an attempt.</param>
    /// <param name="limit">Longest time, all attempts together.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(
        Func<HttpRequestMessage> request, TimeSpan limit, CancellationToken cancellationToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Limit, limit);
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (context, state) =>
                {
                    using HttpRequestMessage message = state.request();
                    using HttpResponseMessage response = await state._http.SendAsync(message, context.CancellationToken);
                    return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(context.CancellationToken));
                },
                context,
                (request, _http));
        }
        catch (TimeoutRejectedException e)
        {
            throw new SourceException($"no answer within {limit.TotalSeconds:0.###} seconds", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SourceException($"the answer is larger than {_options.LargestAnswer} bytes", e);
        }
        catch (HttpRequestException e)
        {
            throw new SourceException($"it cannot be reached: {(e.InnerException as SourceException)?.Message ?? e.Message}", e);
        }
        catch (IOException e)
        {
            throw new SourceException($"the answer broke off: {e.Message}", e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose() => _http.Dispose();

    // The very address that was checked is connected to: a name that resolves to another one a moment later gains nothing.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint host = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(host.Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        string? problem = addresses.Length == 0
            ? "it has no address"
            : addresses.Select(address => SourceAddress.Problem(address, _options.AllowLoopback)).FirstOrDefault(found => found is not null);
        if (problem is not null)
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
