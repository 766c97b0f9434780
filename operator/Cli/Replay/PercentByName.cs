namespace ModelOperator.Cli.Replay;

/// <summary>An option such as <c>--margin 1 --margin accuracy=2</c>: a percentage for all guardrails, or for one by name.</summary>
internal sealed class PercentByName
{
    private readonly Dictionary<string, double> _byName = new(StringComparer.Ordinal);
    private double? _forAll;

    /// <summary>Reads the values of the option.</summary>
    public static PercentByName Parse(string option, IReadOnlyList<string> values)
    {
        var result = new PercentByName();
        foreach (string value in values)
        {
            int equals = value.LastIndexOf('=');
            if (Options.Parse(value[(equals + 1)..]) is not (>= 0 and < 100 and var percent) || equals == 0)
            {
                throw CliException.Invalid(
                    $"{option} is \"{value}\"; want PERCENT or NAME=PERCENT, from 0 to below 100, such as 1.5 or accuracy=2");
            }

            if (equals < 0 ? result._forAll is not null : !result._byName.TryAdd(value[..equals], percent))
            {
                throw CliException.Invalid(
                    $"{option} is given twice for {(equals < 0 ? "all guardrails" : value[..equals])}; want it once");
            }

            result._forAll = equals < 0 ? percent : result._forAll;
        }

        return result;
    }

    /// <summary>Names that were given.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>The share for a guardrail by name, or the one for all, or null.</summary>
    public double? Share(string name) => (_byName.TryGetValue(name, out double percent) ? percent : _forAll) / 100;

    /// <summary>Whether the guardrail is named.</summary>
    public bool Has(string name) => _byName.ContainsKey(name);
}
