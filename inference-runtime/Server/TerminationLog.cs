namespace ModelOperator.Server;

/// <summary>Where Kubernetes keeps what a container says when it ends; the operator reads it there.</summary>
internal static class TerminationLog
{
    // Kubernetes keeps 4096 bytes of it.
    private const int MaxMessageLength = 1000;

    /// <summary>Where Kubernetes looks for it; null outside of a pod, where there is no such place.</summary>
    public static string? Path => Environment.GetEnvironmentVariable("TERMINATION_LOG") is { Length: > 0 } given ? given
        : File.Exists("/dev/termination-log") ? "/dev/termination-log"
        : null;

    /// <summary>Writes the message to a file, by default where Kubernetes looks for it.</summary>
    public static void Write(TerminatingException failure, string? file = null)
    {
        string message = failure.Message.Length <= MaxMessageLength ? failure.Message : failure.Message[..MaxMessageLength] + "...";
        Write(new TerminationMessage(failure.Reason, message), file);
    }

    /// <summary>Writes what the container has to say to a file, by default where Kubernetes looks for it.</summary>
    public static void Write(TerminationMessage message, string? file = null)
    {
        if ((file ?? Path) is not { } path)
        {
            return;
        }

        try
        {
            File.WriteAllText(path, message.ToJson() + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The same is on standard error.
        }
    }
}
