namespace ModelOperator.Cli;

/// <summary>Ends the program with a message for people.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What the user gave is wrong.</summary>
    public static CliException Invalid(string message) => new(ExitCodes.Invalid, message);

    /// <summary>The system did not let us.</summary>
    public static CliException Failed(string message) => new(ExitCodes.Failed, message);

    /// <summary>There is nothing to do, or somebody said no.</summary>
    public static CliException Refused(string message) => new(ExitCodes.Refused, message);
}
