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
        return Task.FromResult(ModelContent.Of((beside, suffix) => new RemoteFile(
            StoreContext.Sibling(address.Name, beside) + suffix,
            StoreContext.ObjectUri($"{endpoint.TrimEnd('/')}/{path}", StoreContext.Sibling(address.Path, beside) + suffix),
            authorization)));
    }
}
