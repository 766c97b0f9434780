using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>A token and how long it holds.</summary>
internal readonly record struct Token(string Value, TimeSpan Lifetime);

/// <summary>Gets a token once for all requests, and again a little before it ends.</summary>
internal sealed class CachedToken(Func<CancellationToken, Task<Token>> get, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private readonly AsyncGate _gate = new();
    private Token? _token;
    private long _since;

    public Task<string> GetAsync(CancellationToken cancellationToken) => _gate.RunAsync(
        async () =>
        {
            if (_token is not { } token || time.GetElapsedTime(_since) + Margin > token.Lifetime)
            {
                _since = time.GetTimestamp();
                token = await get(cancellationToken);
                _token = token;
            }

            return token.Value;
        },
        cancellationToken);
}

/// <summary>A bearer token that is got when it is needed.</summary>
internal sealed class TokenAuthorization(CachedToken token) : Authorization
{
    public override bool HasCredentials => true;

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token.GetAsync(cancellationToken));
}

/// <summary>Lets one through at a time.</summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A semaphore holds nothing to release unless its wait handle is asked for.")]
internal sealed class AsyncGate
{
    private readonly SemaphoreSlim _semaphore = new(1);

    public async Task<T> RunAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await _semaphore.WaitAsync(cancellationToken);
        try
        {
            return await action();
        }
        finally
        {
            _semaphore.Release();
        }
    }
}
