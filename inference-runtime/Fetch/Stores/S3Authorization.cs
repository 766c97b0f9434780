using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>Has the AWS SDK find out where an object is and sign each request for it; it is downloaded as every other file is.</summary>
internal sealed class S3Authorization(string bucket, string key, S3Credentials credentials, TimeProvider time) : Authorization
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public string? Endpoint { get; init; }

    public string Region { get; set; } = S3Credentials.Region;

    public bool PathStyle { get; init; }

    public override bool HasCredentials => credentials.Exist;

    // The signature is in the address that was asked, and good for no other.
    public override bool AppliesToRedirects => false;

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AWSCredentials? identity = await credentials.GetAsync(cancellationToken);
        using AmazonS3Client client = new(identity ?? new BasicAWSCredentials("anonymous", "anonymous"), Configuration());
        Uri signed = new(await client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = key,
            Verb = HttpVerb.GET,
            Protocol = Endpoint?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) == true
                ? Amazon.S3.Protocol.HTTP
                : Amazon.S3.Protocol.HTTPS,
            Expires = (time.GetUtcNow() + Lifetime).UtcDateTime,
        }));
        request.RequestUri = identity is null ? new Uri(signed.GetLeftPart(UriPartial.Path)) : signed;
    }

    /// <summary>A bucket of another region is told by a header.</summary>
    public override ValueTask<bool> RecoverAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (Endpoint is null && response.Headers.TryGetValues("x-amz-bucket-region", out IEnumerable<string>? regions)
            && regions.FirstOrDefault() is { Length: > 0 and <= 63 } region && region != Region
            && region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            Region = region;
            return ValueTask.FromResult(true);
        }

        return ValueTask.FromResult(false);
    }

    private AmazonS3Config Configuration()
    {
        AmazonS3Config configuration = new() { ForcePathStyle = PathStyle };
        if (Endpoint is null)
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        }
        else
        {
            (configuration.ServiceURL, configuration.AuthenticationRegion) = (Endpoint, Region);
        }

        return configuration;
    }
}
