using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace ModelOperator.Kubernetes.Client;

/// <summary>Acts as another user, as <c>kubectl --as</c> does; the server asks whether the caller may.</summary>
/// <param name="User">Name of the user.</param>
public sealed record Impersonation(string User)
{
    public string? Uid { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Further attributes, such as scopes; each may have several values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Extra { get; init; } = [];

    internal void AddTo(HttpRequestHeaders headers)
    {
        headers.TryAddWithoutValidation("Impersonate-User", User);
        if (Uid is not null)
        {
            headers.TryAddWithoutValidation("Impersonate-Uid", Uid);
        }

        foreach (var group in Groups)
        {
            headers.TryAddWithoutValidation("Impersonate-Group", group);
        }

        foreach (var (key, value) in Extra)
        {
            headers.TryAddWithoutValidation($"Impersonate-Extra-{Escape(key)}", value);
        }
    }

    /// <summary>What may not stand in a header's name is percent-encoded, as client-go does and the server undoes.</summary>
    private static string Escape(string key)
    {
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(key))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || "!#$&'*+-.^_`|~".Contains((char)b, StringComparison.Ordinal))
            {
                text.Append((char)b);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return text.ToString();
    }
}
