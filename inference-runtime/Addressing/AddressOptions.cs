namespace ModelOperator.Addressing;

/// <summary>What stands after the ? of an address: name=value, separated by &amp;.</summary>
internal sealed class AddressOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private AddressOptions()
    {
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public Uri? Endpoint => Text("endpoint") is { } text ? new Uri(text) : null;

    public bool? Flag(string name) => Text(name) is { } text ? text == "true" : null;

    public static (AddressOptions? Options, string Problem) Parse(string query, params ReadOnlySpan<string> known)
    {
        AddressOptions options = new();
        foreach (string option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..equals];
            string value = equals < 0 ? "" : Uri.UnescapeDataString(option[(equals + 1)..]);
            if (!known.Contains(name))
            {
                return (null, known.Length == 0
                    ? $"has the option '{Shown(name)}', but its scheme has no options; write a question mark in a name as %3F"
                    : $"has the unknown option '{Shown(name)}'; its scheme has {string.Join(", ", known)}; "
                        + "write a question mark in a name as %3F");
            }

            if (Problem(name, value) is { } problem)
            {
                return (null, problem);
            }

            if (!options._values.TryAdd(name, value))
            {
                return (null, $"has the option '{name}' twice; leave one out");
            }
        }

        return (options, "");
    }

    private static string? Problem(string name, string value) => name switch
    {
        "endpoint" => IsEndpoint(value)
            ? null
            : "has an invalid 'endpoint'; use http(s)://HOST[:PORT][/PATH] without a user name, a query and a fragment",
        "region" => value.Length is > 0 and <= 63 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? null : "has an invalid 'region'; use letters, digits and -",
        _ => value is "true" or "false" ? null : $"has an invalid '{name}'; use true or false",
    };

    /// <summary>Whether a text is the address of a service.</summary>
    internal static bool IsEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 } && uri.Host.Length > 0;

    private static string Shown(string name) => name.Length <= 40 ? name : name[..40];
}
