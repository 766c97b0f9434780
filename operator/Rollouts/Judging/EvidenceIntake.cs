namespace ModelOperator.Rollouts.Judging;

/// <summary>Reads the routers' ticks of a rollout into the guardrails' evidence.</summary>
internal static class EvidenceIntake
{
    private const long MostLost = 1_000_000_000;

    /// <summary>Reads what is new.</summary>
    public static void Read(Scope scope)
    {
        if (scope.Status is not { Rollout: { } rollout, CanaryRevision: { } canary, StableRevision: { } stable })
        {
            return;
        }

        var (ticks, lost) = TickReader.ReadNew(scope, rollout.StartedAt);
        rollout.LostTicks = Math.Min(MostLost, rollout.LostTicks + lost);
        var blocks = new BlockCollector(scope, stable, canary);
        foreach (var (tick, start) in ticks)
        {
            blocks.Add(tick, start);
        }

        blocks.CloseIfOver();
        blocks.Save();
    }
}
