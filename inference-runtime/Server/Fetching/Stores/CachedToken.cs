namespace ModelOperator.Server.Fetching.Stores;

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
