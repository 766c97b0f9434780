using System.Net.Http.Headers;
using ModelOperator.Server.Fetching.Http;

namespace ModelOperator.Server.Fetching.Stores;

/// <summary>A bearer token that is got when it is needed.</summary>
internal sealed class TokenAuthorization(CachedToken token) : Authorization
{
    public override bool HasCredentials => true;

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token.GetAsync(cancellationToken));
}
