namespace ModelOperator.Cli.Control;

/// <summary>How to find out what the operator does.</summary>
internal static class Operator
{
    // The chart's names and the namespace that the README installs it into.
    public const string HowToLook =
        "does it run? kubectl -n model-operator-system get pods; kubectl -n model-operator-system logs deployment/model-operator";
}
