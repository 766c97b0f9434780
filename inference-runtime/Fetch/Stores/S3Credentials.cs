using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;

namespace ModelOperator.Fetch.Stores;

/// <summary>
/// The keys requests to S3 are signed with: those of a secret, else those the pod's web identity is exchanged for, else none.
/// </summary>
internal sealed class S3Credentials
{
    private const int MaxTokenBytes = 64 * 1024;
    private readonly StoreContext _context;
    private readonly AWSCredentials? _given;
    private readonly (string Role, string TokenFile)? _identity;
    private readonly AsyncGate _gate = new();
    private SessionAWSCredentials? _session;
    private DateTimeOffset _until;

    public S3Credentials(StoreContext context)
    {
        _context = context;
        if (context.Options.Credentials is { } secret)
        {
            string? id = secret.Text("accessKeyId", "AWS_ACCESS_KEY_ID");
            string? key = secret.Text("secretAccessKey", "AWS_SECRET_ACCESS_KEY");
            _given = id is null || key is null ? throw context.MissingKeys("the keys 'accessKeyId' and 'secretAccessKey'")
                : secret.Text("sessionToken", "AWS_SESSION_TOKEN") is { } session ? new SessionAWSCredentials(id, key, session)
                : new BasicAWSCredentials(id, key);
            return;
        }

        if (Environment.GetEnvironmentVariable("AWS_ROLE_ARN") is { Length: > 0 } role
            && Environment.GetEnvironmentVariable("AWS_WEB_IDENTITY_TOKEN_FILE") is { Length: > 0 } file)
        {
            _identity = (role, file);
        }
        else if (context.Options.WorkloadIdentity)
        {
            throw new TerminatingException(
                FailureReasons.CredentialsMissing,
                "the pod has no AWS web identity: AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE are not set; "
                + "its service account's annotation makes the cluster set them");
        }
    }

    /// <summary>The region where nothing says another.</summary>
    public static string Region => Environment.GetEnvironmentVariable("AWS_REGION") is { Length: > 0 } region ? region : "us-east-1";

    public bool Exist => _given is not null || _identity is not null;

    /// <summary>Null asks as nobody.</summary>
    public async Task<AWSCredentials?> GetAsync(CancellationToken cancellationToken)
    {
        if (_identity is not var (role, file))
        {
            return _given;
        }

        return await _gate.RunAsync(
            async () =>
            {
                if (_session is null || _context.Time.GetUtcNow() >= _until)
                {
                    (_session, _until) = await AssumeAsync(role, file, cancellationToken);
                }

                return _session;
            },
            cancellationToken);
    }

    private async Task<(SessionAWSCredentials, DateTimeOffset)> AssumeAsync(string role, string file, CancellationToken cancellationToken)
    {
        string token = await IdentityFile.ReadAsync(file, MaxTokenBytes, cancellationToken);
        string service = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_STS") is { Length: > 0 } given
            ? given
            : $"https://sts.{Region}.amazonaws.com/";
        byte[] answer = await TokenRequests.SendAsync(
            _context,
            _context.Http,
            () => new HttpRequestMessage(HttpMethod.Post, service)
            {
                Content = new FormUrlEncodedContent(
                [
                    new("Action", "AssumeRoleWithWebIdentity"),
                    new("Version", "2011-06-15"),
                    new("RoleArn", role),
                    new("RoleSessionName", "model-operator-fetch"),
                    new("WebIdentityToken", token),
                ]),
            },
            cancellationToken);
        try
        {
            // A reader of one's own, since the standard one expands entities.
            using XmlReader reader = XmlReader.Create(new MemoryStream(answer));
            XElement credentials = XDocument.Load(reader).Descendants().First(element => element.Name.LocalName == "Credentials");
            // A little earlier than they end, so that a request is not signed with keys that end on its way.
            DateTimeOffset until = XmlConvert.ToDateTimeOffset(Text("Expiration")) - TimeSpan.FromMinutes(2);
            return (new SessionAWSCredentials(Text("AccessKeyId"), Text("SecretAccessKey"), Text("SessionToken")), until);

            string Text(string name) => credentials.Elements().First(element => element.Name.LocalName == name).Value;
        }
        catch (Exception e) when (e is XmlException or InvalidOperationException or FormatException)
        {
            throw new TerminatingException(FailureReasons.ModelDownloadFailed, $"{new Uri(service).Host} answers with no credentials", e);
        }
    }
}
