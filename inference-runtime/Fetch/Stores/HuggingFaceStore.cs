using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>A file of a Hugging Face repository. Large ones are redirected to another host, which gets no token.</summary>
internal sealed class HuggingFaceStore(HuggingFaceAddress address, StoreContext context) : IModelStore
{
    public Task<ModelContent> ResolveAsync(CancellationToken cancellationToken)
    {
        Authorization authorization = context.Options.Credentials is not { } secret ? Authorization.None
            : secret.Text("token", "HF_TOKEN") is { } token ? HttpCredentials.Bearer("token", token)
            : throw context.MissingKeys("the key 'token'");
        string endpoint = context.Endpoint(address.Endpoint, "https://huggingface.co");
        string path = $"{address.Repository}/resolve/{Uri.EscapeDataString(address.Revision)}";
        Uri uri = StoreContext.ObjectUri($"{endpoint.TrimEnd('/')}/{path}", address.Path);
        return Task.FromResult(ModelContent.Of(
            new RemoteFile(address.Name, uri, authorization),
            new RemoteFile(address.Name + ".sig", new Uri(uri.AbsoluteUri + ".sig"), authorization)));
    }
}
