namespace ModelOperator.Server.Execution;

/// <summary>ONNX Runtime refused a call; its own words are the message.</summary>
public sealed class OrtCallException : Exception
{
    public OrtCallException(string message)
        : base(message)
    {
    }

    public OrtCallException()
    {
    }

    public OrtCallException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
