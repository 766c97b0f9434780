namespace ModelOperator.Grpc;

/// <summary>Ends a call with a status; the message is for its client.</summary>
public sealed class RpcException : Exception
{
    public RpcException(StatusCode status, string message, Exception? innerException = null)
        : base(message, innerException) => Status = status;

    public RpcException(string message)
        : this(StatusCode.Unknown, message)
    {
    }

    public RpcException(string message, Exception innerException)
        : this(StatusCode.Unknown, message, innerException)
    {
    }

    public RpcException()
        : this(StatusCode.Unknown, "unknown error")
    {
    }

    public StatusCode Status { get; }
}
