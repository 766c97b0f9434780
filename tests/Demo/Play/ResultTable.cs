namespace ModelOperator.Demo.Play;

/// <summary>The table at the end of the play.</summary>
public static class ResultTable
{
    public static void Write(TextWriter output, IReadOnlyList<ActResult> results)
    {
        output.WriteLine();
        Row(output, "rollout", "verdict", "reason", "seconds", "canary requests", "failed requests", "not sent", "");
        Row(
            output, new string('-', 32), new string('-', 11), new string('-', 26), new string('-', 8), new string('-', 16),
            new string('-', 16), new string('-', 8), "");
        foreach (var result in results)
        {
            Row(output, result.Act.Title, result.Verdict.ToString(), result.Reason, $"{result.Duration.TotalSeconds:F0}",
                $"{result.CanaryRequests:N0}", $"{result.FailedRequests:N0}", $"{result.NotSent:N0}",
                result.AsExpected ? "ok" : $"EXPECTED {result.Act.Verdict} {result.Act.Reason}");
        }
    }

    private static void Row(
        TextWriter output, string rollout, string verdict, string reason, string seconds, string canary, string failed, string notSent,
        string note) =>
        output.WriteLine(
            $"{rollout,-32}  {verdict,-11}  {reason,-26}  {seconds,8}  {canary,16}  {failed,16}  {notSent,8}  {note}".TrimEnd());
}
