namespace ModelOperator.Server.Configuration;

/// <summary>A line of a configuration file.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Values">Its value, or the entries of its list.</param>
/// <param name="Line">Where it is, counted from 1.</param>
internal sealed record FileSetting(string Key, IReadOnlyList<string> Values, int Line);
