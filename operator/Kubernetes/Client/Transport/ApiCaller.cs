using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Wire;
using Polly;

namespace ModelOperator.Kubernetes.Client.Transport;

/// <summary>Sends calls: credentials, timeout, retries, refusals as exceptions.</summary>
internal sealed class ApiCaller : IDisposable
{
    private readonly KubernetesClientConfiguration _configuration;
    private readonly TimeProvider _timeProvider;
    private readonly ResiliencePipeline _pipeline;
    private readonly Func<Credential, HttpMessageInvoker> _invokerFor;
    private readonly HandlerPool? _pool;

    public ApiCaller(KubernetesClientConfiguration configuration, TimeProvider timeProvider, ILogger logger)
        : this(configuration, timeProvider, logger, new HandlerPool(configuration))
    {
    }

    /// <summary>Over a given transport, for tests that play the server.</summary>
    public ApiCaller(KubernetesClientConfiguration configuration, TimeProvider timeProvider, ILogger logger, HttpMessageHandler handler)
    {
        var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        (_configuration, _timeProvider, _invokerFor) = (configuration, timeProvider, _ => invoker);
        _pipeline = RetryPolicy.Create(timeProvider, logger);
    }

    private ApiCaller(KubernetesClientConfiguration configuration, TimeProvider timeProvider, ILogger logger, HandlerPool pool)
    {
        (_configuration, _timeProvider, _pool) = (configuration, timeProvider, pool);
        _invokerFor = credential => pool.Get(credential.Certificate);
        _pipeline = RetryPolicy.Create(timeProvider, logger);
    }

    /// <summary>Sends a call and reads its answer, all within the configured timeout.</summary>
    public async Task<TResult> CallAsync<TResult>(
        ApiRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<TResult>> read,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_configuration.Timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        return await WithinAsync(request, () => RetryingAsync(
            request,
            async token =>
            {
                using var response = await SendAsync(request, token);
                return await read(response, token);
            },
            either.Token), cancellationToken);
    }

    /// <summary>
    /// Sends a call whose answer goes on for up to <paramref name="lifetime"/>; only its beginning must come within the configured timeout.
    /// </summary>
    public async IAsyncEnumerable<TResult> StreamAsync<TResult>(
        ApiRequest request,
        TimeSpan lifetime,
        Func<Stream, CancellationToken, IAsyncEnumerable<TResult>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_configuration.Timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var response = await WithinAsync(
            request, () => RetryingAsync(request, token => SendAsync(request, token), either.Token), cancellationToken);
        deadline.CancelAfter(lifetime);
        await using var stream = await WithinAsync(
            request, () => response.Content.ReadAsStreamAsync(either.Token), cancellationToken);
        await using var results = read(stream, either.Token).GetAsyncEnumerator(either.Token);
        while (await WithinAsync(request, () => results.MoveNextAsync().AsTask(), cancellationToken))
        {
            yield return results.Current;
        }
    }

    public void Dispose() => _pool?.Dispose();

    private async Task<TResult> RetryingAsync<TResult>(
        ApiRequest request, Func<CancellationToken, Task<TResult>> attempt, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(RetryPolicy.Request, request);
            return await _pipeline.ExecuteAsync(
                static async (c, attempt) => await attempt(c.CancellationToken), context, attempt);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>A deadline of our own is a timeout, not the caller's cancellation.</summary>
    private static async Task<TResult> WithinAsync<TResult>(
        ApiRequest request, Func<Task<TResult>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{request.Method} {request.Path} did not end in time.", e);
        }
    }

    /// <summary>One attempt. Credentials the server no longer takes are renewed once, if others can be had.</summary>
    private async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        WriteFence.Check(request.Method, request.Path);
        var started = _timeProvider.GetTimestamp();
        var credential = await _configuration.Credentials.GetAsync(cancellationToken);
        var response = await SendWithAsync(request, credential, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            _configuration.Credentials.Reject(started);
            var renewed = await _configuration.Credentials.GetAsync(cancellationToken);
            if (renewed != credential)
            {
                response.Dispose();
                response = await SendWithAsync(request, renewed, cancellationToken);
            }
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await StatusReader.ReadAsync(request, response, _timeProvider, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendWithAsync(ApiRequest request, Credential credential, CancellationToken cancellationToken)
    {
        using var message = request.ToMessage(_configuration, credential.BearerToken);
        return await _invokerFor(credential).SendAsync(message, cancellationToken);
    }
}
