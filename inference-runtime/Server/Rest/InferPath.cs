namespace ModelOperator.Server.Rest;

/// <summary>Reads <c>/v2/models/NAME[/versions/VERSION]/infer</c>, the one path that must cost nothing.</summary>
internal static class InferPath
{
    private const string Prefix = "/v2/models/";
    private const string Versions = "/versions/";
    private const string Suffix = "/infer";

    public static bool TryParse(string path, out string name, out string? version)
    {
        name = "";
        version = null;
        if (path.Length <= Prefix.Length + Suffix.Length
            || !path.EndsWith(Suffix, StringComparison.Ordinal) || !path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> rest = path.AsSpan(Prefix.Length, path.Length - Prefix.Length - Suffix.Length);
        int slash = rest.IndexOf('/');
        if (slash < 0)
        {
            name = rest.ToString();
            return true;
        }

        ReadOnlySpan<char> versions = rest[slash..];
        if (slash == 0 || versions.Length <= Versions.Length || !versions.StartsWith(Versions) || versions[Versions.Length..].Contains('/'))
        {
            return false;
        }

        name = rest[..slash].ToString();
        version = versions[Versions.Length..].ToString();
        return true;
    }
}
