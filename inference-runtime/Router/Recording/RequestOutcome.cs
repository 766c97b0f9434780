namespace ModelOperator.Router.Recording;

/// <summary>How a request that reached a model ended.</summary>
internal enum RequestOutcome
{
    Success,

    /// <summary>The model server refused it with 4xx.</summary>
    Rejection,

    /// <summary>Answered 5xx or not at all.</summary>
    Error,
}
