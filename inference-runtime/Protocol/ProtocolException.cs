namespace ModelOperator.Protocol;

/// <summary>A request breaks the protocol or asks for what is not there; the message is for its sender.</summary>
public sealed class ProtocolException : Exception
{
    public ProtocolException(string message)
        : this(400, message)
    {
    }

    public ProtocolException(int statusCode, string message)
        : base(message)
    {
        StatusCode = statusCode;
    }

    public ProtocolException(string message, Exception innerException)
        : base(message, innerException)
    {
        StatusCode = 400;
    }

    public ProtocolException()
    {
        StatusCode = 400;
    }

    /// <summary>The HTTP status to answer with, a 4xx.</summary>
    public int StatusCode { get; }
}
