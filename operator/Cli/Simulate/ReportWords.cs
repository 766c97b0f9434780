namespace ModelOperator.Cli.Simulate;

/// <summary>Words of a simulation's report.</summary>
internal static class ReportWords
{
    public static string Range(Spread? spread, Func<double, string> text) =>
        spread is null ? "-" : $"{text(spread.P5)} to {text(spread.P95)}";

    public static string Outcome(Outcome outcome) => outcome switch
    {
        Simulate.Outcome.Promoted => "promoted",
        Simulate.Outcome.RolledBack => "rolled back",
        _ => "held",
    };
}
