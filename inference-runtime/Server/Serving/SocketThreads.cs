using System.Globalization;

namespace ModelOperator.Server.Serving;

/// <summary>
/// How .NET brings what arrives to those who wait for it: on the threads that watch the sockets, instead of handing each piece to a thread of
/// the pool. A request of a quick model so changes threads nowhere between its first byte and its answer; what takes longer
/// moves to the pool by itself. These are .NET's own settings, read from the environment when the first socket is made; those that are set are left alone.
/// </summary>
internal static class SocketThreads
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string ThreadCount = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    public static void AnswerWhereReceived()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null && Environment.GetEnvironmentVariable(ThreadCount) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
            Environment.SetEnvironmentVariable(ThreadCount, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        }
    }
}
