using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Server;

/// <summary>The line that Kubernetes keeps of a container that ended; the operator reads it there.</summary>
internal sealed record TerminationMessage(string Reason, string Message)
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
        if ((file ?? Path) is not { } path)
        {
            return;
        }

        string message = failure.Message.Length <= MaxMessageLength ? failure.Message : failure.Message[..MaxMessageLength] + "...";
        try
        {
            File.WriteAllText(
                path, JsonSerializer.Serialize(new TerminationMessage(failure.Reason, message), TerminationJson.Default.TerminationMessage) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The same is on standard error.
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TerminationMessage))]
internal sealed partial class TerminationJson : JsonSerializerContext;
