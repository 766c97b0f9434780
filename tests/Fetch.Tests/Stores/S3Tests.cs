using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace ModelOperator.Fetch.Tests.Stores;

/// <summary>Against s3rver, a server of S3's interface that checks signatures.</summary>
[Category("ModelStores")]
public sealed class S3Tests : FetchFixture
{
    private const string Bucket = "models";
    private static readonly byte[] Model = RandomNumberGenerator.GetBytes(3_000_000);
    private StoreProcess _store = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _store = await StoreProcess.StartNodeAsync(
            "s3rver/bin/s3rver.js", "--directory", "{folder}", "--address", "127.0.0.1", "--port", "{port}", "--silent",
            "--configure-bucket", Bucket);
        using AmazonS3Client client = new(
            new BasicAWSCredentials("S3RVER", "S3RVER"),
            new AmazonS3Config { ServiceURL = _store.Address, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Bucket,
            Key = "digits/v 1+ä.onnx",
            InputStream = new MemoryStream(Model),
            UseChunkEncoding = false,
        });
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _store.DisposeAsync();

    private string Address => $"s3://{Bucket}/digits/v%201+%C3%A4.onnx";

    [Test]
    public async Task An_object_is_fetched_in_parts_with_the_keys_and_the_endpoint_of_a_secret()
    {
        await FetchAsync(Address, options => options with
        {
            Credentials = Secret(("accessKeyId", "S3RVER"), ("secretAccessKey", "S3RVER"), ("endpoint", _store.Address)),
            PartBytes = 500_000,
        });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
    }

    [Test]
    public async Task The_endpoint_may_be_in_the_address()
    {
        await FetchAsync(
            $"{Address}?endpoint={_store.Address}&region=us-east-1",
            options => options with { Credentials = Secret(("AWS_ACCESS_KEY_ID", "S3RVER"), ("AWS_SECRET_ACCESS_KEY", "S3RVER")) });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
    }

    [Test]
    public async Task Wrong_keys_are_refused_and_not_told()
    {
        TerminatingException failure = await FailureAsync(
            $"{Address}?endpoint={_store.Address}",
            options => options with { Credentials = Secret(("accessKeyId", "stranger"), ("secretAccessKey", "hunter2")) });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.CredentialsMissing));
        Assert.That(failure.Message, Is.EqualTo($"{Address} answers 403 Forbidden (InvalidAccessKeyId) to the credentials given"));
    }

    [Test]
    public async Task What_is_not_there_is_not_found()
    {
        TerminatingException failure = await FailureAsync(
            $"s3://{Bucket}/absent?endpoint={_store.Address}",
            options => options with { Credentials = Secret(("accessKeyId", "S3RVER"), ("secretAccessKey", "S3RVER")) });

        Assert.That(
            (failure.Reason, failure.Message),
            Is.EqualTo((FailureReasons.ModelNotFound, $"s3://{Bucket}/absent answers 404 Not Found (NoSuchKey)")));
    }

    [Test]
    public async Task Keys_for_one_endpoint_go_to_no_other()
    {
        TerminatingException failure = await FailureAsync(
            $"{Address}?endpoint={_store.Address}",
            options => options with
            {
                Credentials = Secret(("accessKeyId", "S3RVER"), ("secretAccessKey", "S3RVER"), ("endpoint", "https://other.example")),
            });

        Assert.That(
            (failure.Reason, failure.Message),
            Is.EqualTo((FailureReasons.InvalidConfiguration, $"the credentials are for another endpoint than {_store.Address}")));
    }
}
