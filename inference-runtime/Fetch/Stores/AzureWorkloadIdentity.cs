namespace ModelOperator.Fetch.Stores;

/// <summary>The identity that Azure's webhook gives a pod: a token of the cluster in a file, exchanged for one of the directory.</summary>
internal sealed class AzureWorkloadIdentity
{
    private const int MaxTokenBytes = 64 * 1024;
    private readonly StoreContext _context;
    private readonly string _client;
    private readonly string _tokenFile;
    private readonly Uri _service;

    private AzureWorkloadIdentity(StoreContext context, string client, string tokenFile, Uri service) =>
        (_context, _client, _tokenFile, _service) = (context, client, tokenFile, service);

    /// <summary>Null when the pod has none.</summary>
    public static AzureWorkloadIdentity? FromEnvironment(StoreContext context)
    {
        string? client = Environment.GetEnvironmentVariable("AZURE_CLIENT_ID");
        string? tenant = Environment.GetEnvironmentVariable("AZURE_TENANT_ID");
        string? file = Environment.GetEnvironmentVariable("AZURE_FEDERATED_TOKEN_FILE");
        string authority = Environment.GetEnvironmentVariable("AZURE_AUTHORITY_HOST") is { Length: > 0 } given
            ? given
            : "https://login.microsoftonline.com/";
        return client is { Length: > 0 } && tenant is { Length: > 0 } && file is { Length: > 0 }
            && Uri.TryCreate(
                $"{authority.TrimEnd('/')}/{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token", UriKind.Absolute, out Uri? service)
            ? new AzureWorkloadIdentity(context, client, file, service)
            : null;
    }

    public async Task<Token> GetTokenAsync(CancellationToken cancellationToken)
    {
        string assertion = await IdentityFile.ReadAsync(_tokenFile, MaxTokenBytes, cancellationToken);
        byte[] answer = await TokenRequests.SendAsync(
            _context,
            _context.Http,
            () => new HttpRequestMessage(HttpMethod.Post, _service)
            {
                Content = new FormUrlEncodedContent(
                [
                    new("grant_type", "client_credentials"),
                    new("client_id", _client),
                    new("scope", "https://storage.azure.com/.default"),
                    new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    new("client_assertion", assertion),
                ]),
            },
            cancellationToken);
        return TokenRequests.Parse(answer, _service.Host);
    }
}
