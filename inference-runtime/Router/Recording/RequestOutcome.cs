namespace ModelOperator.Router.Recording;

/// <summary>How a request that reached a model ended.</summary>
internal enum RequestOutcome
{
    Success,

    /// <summary>The model server refused it with 4xx.</summary>
    Rejection,

    /// <summary>Answered 5xx, or broken off by the server.</summary>
    Error,

    /// <summary>Given up by the router, which had waited for as long as it may: an error, and slow.</summary>
    TimedOut,
}
