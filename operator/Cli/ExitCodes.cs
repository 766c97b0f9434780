namespace ModelOperator.Cli;

/// <summary>Exit codes of the program; part of its interface.</summary>
internal static class ExitCodes
{
    /// <summary>Done, whatever the verdict.</summary>
    public const int Done = 0;

    /// <summary>A file could not be read or written, or kubectl or the cluster failed.</summary>
    public const int Failed = 1;

    /// <summary>An option, the manifest or a line of the input is wrong.</summary>
    public const int Invalid = 2;

    /// <summary>There was nothing to do, or the cluster or the operator refused it.</summary>
    public const int Refused = 3;

    /// <summary>The operator did not take the order up in time.</summary>
    public const int NoAnswer = 4;

    /// <summary>Stopped by a signal.</summary>
    public const int Interrupted = 130;

    public const string Help = """
        Exit codes:
          0    done, whatever the verdict
          1    a file could not be read or written, or kubectl or the cluster failed
          2    an option, the manifest or a line of the input is wrong; standard error says which and what would be right
          3    refused: there is nothing to do, or admission or the operator refused the order
          4    no answer: the operator did not take the order up in time, and the order was taken back
          130  interrupted
        """;
}
