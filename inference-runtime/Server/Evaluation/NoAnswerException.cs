namespace ModelOperator.Server.Evaluation;

/// <summary>A try brought no answer of the model: the server is not there, is stopping, or has too much to do.</summary>
public sealed class NoAnswerException : Exception
{
    public NoAnswerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public NoAnswerException()
    {
    }

    public NoAnswerException(string message)
        : base(message)
    {
    }
}
