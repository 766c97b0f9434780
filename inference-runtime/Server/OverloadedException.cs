namespace ModelOperator.Server;

/// <summary>
/// The request was not looked at: the server has no room for it or is not ready. Another pod, or this one later, will do.
/// </summary>
public sealed class OverloadedException : Exception
{
    public OverloadedException(string message)
        : base(message)
    {
    }

    public OverloadedException()
    {
    }

    public OverloadedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
