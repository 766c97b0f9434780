namespace ModelOperator.Server.Execution;

/// <summary>
/// A cancellation token, or something that makes one for who waits or computes for long. Most small requests do neither, and a token with
/// a timer is the dearest part of them.
/// </summary>
internal readonly struct Cancellation
{
    private readonly ITokenSource? _source;
    private readonly CancellationToken _token;

    public Cancellation(ITokenSource source) => _source = source;

    private Cancellation(CancellationToken token) => _token = token;

    /// <summary>The token; made now if it was not there yet.</summary>
    public CancellationToken Token => _source?.Token ?? _token;

    /// <summary>Whether the token was canceled, if it is there.</summary>
    public bool Requested => _source?.Requested ?? _token.IsCancellationRequested;

    public static implicit operator Cancellation(CancellationToken token) => new(token);

    /// <summary>Makes a token when it is first asked for one.</summary>
    internal interface ITokenSource
    {
        CancellationToken Token { get; }

        bool Requested { get; }
    }
}
