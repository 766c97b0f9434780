using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace ModelOperator.Fetch.Stores.Oci;

/// <summary>
/// Signs in to a registry the way its refusals ask for: with the credentials themselves, or with a token that its token service gives for
/// them.
/// </summary>
internal sealed partial class RegistryAuthorization(
    RegistryCredentials? credentials, string repository, bool plainHttp, StoreContext context) : Http.Authorization
{
    private readonly AsyncGate _gate = new();
    private AuthenticationHeaderValue? _header =
        credentials?.RegistryToken is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;

    public override bool HasCredentials => credentials is not null;

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = _header;
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> RecoverAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return false;
        }

        return await _gate.RunAsync(
            async () =>
            {
                // Where another request has signed in since this one was sent, that will do.
                if (Equals(response.RequestMessage?.Headers.Authorization, _header))
                {
                    AuthenticationHeaderValue? header = await AnswerAsync(response.Headers.WwwAuthenticate, cancellationToken);
                    bool isNew = header is not null && !header.Equals(_header);
                    _header = header ?? _header;
                    return isNew;
                }

                return true;
            },
            cancellationToken);
    }

    private async Task<AuthenticationHeaderValue?> AnswerAsync(
        IEnumerable<AuthenticationHeaderValue> challenges, CancellationToken cancellationToken)
    {
        foreach (AuthenticationHeaderValue challenge in challenges)
        {
            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && credentials?.Basic is { } basic)
            {
                return basic;
            }

            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && credentials?.RegistryToken is null)
            {
                return new AuthenticationHeaderValue("Bearer", await TokenAsync(challenge.Parameter ?? "", cancellationToken));
            }
        }

        return null;
    }

    private async Task<string> TokenAsync(string challenge, CancellationToken cancellationToken)
    {
        Dictionary<string, string> parameters = new(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Parameter().Matches(challenge))
        {
            parameters.TryAdd(match.Groups["name"].Value, match.Groups["value"].Value);
        }

        if (!Uri.TryCreate(parameters.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm)
            || (realm.Scheme != Uri.UriSchemeHttps && !(plainHttp && realm.Scheme == Uri.UriSchemeHttp)) || realm.UserInfo.Length > 0)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed,
                $"{context.Options.Address.Name}: the registry wants a token, and names no https address that gives one");
        }

        string scope = parameters.GetValueOrDefault("scope") is { Length: > 0 } asked ? asked : $"repository:{repository}:pull";
        List<KeyValuePair<string, string>> query = [new("scope", scope)];
        if (parameters.GetValueOrDefault("service") is { Length: > 0 } service)
        {
            query.Add(new("service", service));
        }

        byte[] answer = await TokenRequests.SendAsync(context, context.Http, () => Request(realm, query), cancellationToken);
        return TokenRequests.Parse(answer, realm.Host).Value;
    }

    private HttpRequestMessage Request(Uri realm, List<KeyValuePair<string, string>> query)
    {
        if (credentials?.IdentityToken is { } identity)
        {
            return new HttpRequestMessage(HttpMethod.Post, realm)
            {
                Content = new FormUrlEncodedContent(
                    [.. query, new("grant_type", "refresh_token"), new("client_id", "model-operator"), new("refresh_token", identity)]),
            };
        }

        string given = realm.Query.Length > 1 ? realm.Query[1..] + "&" : "";
        UriBuilder uri = new(realm)
        {
            Query = given + string.Join('&', query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}")),
        };
        HttpRequestMessage request = new(HttpMethod.Get, uri.Uri);
        request.Headers.Authorization = credentials?.Basic;
        return request;
    }

    [GeneratedRegex("(?<name>[A-Za-z_]+) *= *\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
