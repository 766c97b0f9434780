using System.Text;
using System.Text.RegularExpressions;

namespace ModelOperator.Fetch.Http;

/// <summary>The one word with which object stores and registries say what they dislike.</summary>
internal static partial class StoreErrors
{
    private const int MaxBodyBytes = 8 * 1024;

    public static async Task<string?> CodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Headers.TryGetValues("x-ms-error-code", out IEnumerable<string>? codes) && codes.FirstOrDefault() is { } code)
        {
            return Word().IsMatch(code) ? code : null;
        }

        string? type = response.Content.Headers.ContentType?.MediaType;
        if (type is not ("application/xml" or "text/xml" or "application/json"))
        {
            return null;
        }

        string body = Encoding.UTF8.GetString(await BoundedBody.ReadAsync(response, MaxBodyBytes, cancellationToken));
        Match match = type == "application/json" ? JsonCode().Match(body) : XmlCode().Match(body);
        return match.Success ? match.Groups["code"].Value : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_]{1,64}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex("<Code>(?<code>[A-Za-z0-9_]{1,64})</Code>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex XmlCode();

    [GeneratedRegex("\"(code|error)\" *: *\"(?<code>[A-Za-z0-9_]{1,64})\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex JsonCode();
}
