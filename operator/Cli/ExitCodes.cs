namespace ModelOperator.Cli;

/// <summary>Exit codes of the program; part of its interface.</summary>
internal static class ExitCodes
{
    /// <summary>Done, whatever the verdict.</summary>
    public const int Done = 0;

    /// <summary>A file could not be read or written.</summary>
    public const int Failed = 1;

    /// <summary>An option, the manifest or a line of the input is wrong.</summary>
    public const int Invalid = 2;

    /// <summary>Stopped by a signal.</summary>
    public const int Interrupted = 130;

    public const string Help = """
        Exit codes:
          0    done, whatever the verdict
          1    a file could not be read or written
          2    an option, the manifest or a line of the input is wrong; standard error says which and what would be right
          130  interrupted
        """;
}
