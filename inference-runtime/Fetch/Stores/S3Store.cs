using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>An object of S3, or of a store that speaks its API.</summary>
internal sealed class S3Store(S3Address address, StoreContext context) : IModelStore
{
    public Task<ModelContent> ResolveAsync(CancellationToken cancellationToken)
    {
        S3Credentials credentials = new(context);
        string? endpoint = context.Endpoint(address.Endpoint, "") is { Length: > 0 } given ? given : null;
        return Task.FromResult(ModelContent.Of((beside, suffix) => File(beside, suffix, endpoint, credentials)));
    }

    private RemoteFile File(string? beside, string suffix, string? endpoint, S3Credentials credentials)
    {
        S3Authorization authorization = new(address.Bucket, StoreContext.Sibling(address.Key, beside) + suffix, credentials, context.Time)
        {
            Endpoint = endpoint,
            Region = address.Region ?? context.Options.Credentials?.Text("region", "AWS_REGION") ?? S3Credentials.Region,
            PathStyle = address.PathStyle ?? PathStyle() ?? endpoint is not null,
        };
        // Where it is depends on the region, which may turn out to be another one.
        Uri place = new(endpoint ?? "https://s3.amazonaws.com");
        return new RemoteFile(StoreContext.Sibling(address.Name, beside) + suffix, place, authorization);
    }

    private bool? PathStyle() => context.Options.Credentials?.Text("pathStyle") switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw new TerminatingException(FailureReasons.InvalidConfiguration, "the credential 'pathStyle' is neither true nor false"),
    };
}
