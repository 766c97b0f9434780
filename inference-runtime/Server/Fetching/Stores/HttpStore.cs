using ModelOperator.Addressing;
using ModelOperator.Server.Fetching.Http;

namespace ModelOperator.Server.Fetching.Stores;

/// <summary>A file of a web server. Its signature is the file of the same name with .sig at the end.</summary>
internal sealed class HttpStore(HttpAddress address, StoreContext context) : IModelStore
{
    public Task<ModelContent> ResolveAsync(CancellationToken cancellationToken)
    {
        Authorization authorization = context.Options.Credentials is { } secret ? HttpCredentials.Read(secret) : Authorization.None;
        UriBuilder signature = new(address.Uri);
        signature.Path += ".sig";
        return Task.FromResult(ModelContent.Of(
            new RemoteFile(address.Name, address.Uri, authorization),
            new RemoteFile(address.Name + ".sig", signature.Uri, authorization)));
    }
}
