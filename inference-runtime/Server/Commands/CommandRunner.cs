namespace ModelOperator.Server.Commands;

/// <summary>Runs a command and reports a failure where people and Kubernetes look.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(Func<Task> command, string? result = null)
    {
        try
        {
            await command();
            return 0;
        }
        catch (TerminatingException e)
        {
            await Console.Error.WriteLineAsync($"{e.Reason}: {e.Message}");
            TerminationMessage.Write(e, result);
            return 1;
        }
    }
}
