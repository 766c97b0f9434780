using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOperator.Fetch.Tests.Stores;

/// <summary>Against Debian's docker-registry.</summary>
[Category("ModelStores")]
public sealed class RegistryTests : FetchFixture
{
    private static readonly byte[] Model = RandomNumberGenerator.GetBytes(3_000_000);

    [Test]
    public async Task A_file_pushed_by_name_is_fetched_in_parts_with_what_belongs_to_it()
    {
        await using RealRegistry registry = await RealRegistry.StartAsync();
        byte[] weights = RandomNumberGenerator.GetBytes(1000);
        await registry.PushAsync(
            "models/digits",
            "v1",
            ("net.onnx", "application/octet-stream", Model),
            ("data/weights.bin", "application/octet-stream", weights));

        await FetchAsync(registry.Address("models/digits:v1"), options => options with { PartBytes = 500_000 });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        Assert.That(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(Output)!, "data", "weights.bin")), Is.EqualTo(weights));
    }

    [Test]
    public async Task A_reference_by_digest_and_an_index_are_followed()
    {
        await using RealRegistry registry = await RealRegistry.StartAsync();
        string manifest = await registry.PushAsync("digits", "v1", ("net.onnx", "application/octet-stream", Model));
        string index = await registry.PushIndexAsync("digits", "all", manifest);

        await FetchAsync(
            registry.Address($"digits@{index}"),
            options => options with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(Model)) });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        TerminatingException other = await FailureAsync(
            registry.Address($"digits@{manifest}"),
            options => options with { Sha256 = new string('a', 64), Output = Output + "2" });
        Assert.That(other.Reason, Is.EqualTo(FailureReasons.DigestMismatch));
    }

    [Test]
    public async Task What_is_not_there_is_not_found()
    {
        await using RealRegistry registry = await RealRegistry.StartAsync();
        await registry.PushAsync("digits", "text", ("README", "text/plain", Model), ("LICENSE", "text/plain", Model[..10]));

        TerminatingException tag = await FailureAsync(registry.Address("digits:v2"));
        TerminatingException layer = await FailureAsync(registry.Address("digits:text"));

        Assert.That((tag.Reason, layer.Reason), Is.EqualTo((FailureReasons.ModelNotFound, FailureReasons.ModelNotFound)));
        Assert.That(
            layer.Message,
            Does.Contain("of its 2 layers none is titled *.onnx or is an archive; their media types are text/plain"));
    }

    [Test]
    public async Task A_registry_with_passwords_takes_those_of_either_form_of_secret()
    {
        await using RealRegistry registry = await RealRegistry.StartWithPasswordAsync();
        await registry.PushAsync("digits", "v1", ("net.onnx", "application/octet-stream", Model));
        string docker = new JsonObject
        {
            ["auths"] = new JsonObject
            {
                [registry.Host] = new JsonObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("me:secret")) },
            },
        }.ToJsonString();

        foreach ((string, string)[] keys in ((string, string)[][])[
            [("username", "me"), ("password", "secret"), ("endpoint", $"http://{registry.Host}")],
            [(".dockerconfigjson", docker)],
        ])
        {
            await FetchAsync(registry.Address("digits:v1"), options => options with { Credentials = Secret(keys) });
            Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
            File.Delete(Output);
        }

        TerminatingException wrong = await FailureAsync(registry.Address("digits:v1"), options => options with
        {
            Credentials = Secret(("username", "me"), ("password", "hunter2"), ("endpoint", $"http://{registry.Host}")),
        });
        TerminatingException none = await FailureAsync(registry.Address("digits:v1"));
        TerminatingException foreign = await FailureAsync(
            registry.Address("digits:v1"),
            options => options with { Credentials = Secret((".dockerconfigjson", """{"auths":{"other":{"auth":"bWU6c2VjcmV0"}}}""")) });
        Assert.That(new[] { wrong, none, foreign }.Select(failure => failure.Reason), Is.All.EqualTo(FailureReasons.CredentialsMissing));
        Assert.That(wrong.Message, Does.Not.Contain("hunter2"));
    }

    [Test]
    public async Task A_secret_that_names_no_registry_or_another_one_is_sent_to_none()
    {
        await using RealRegistry registry = await RealRegistry.StartWithPasswordAsync();

        foreach ((string, string)[] endpoint in ((string, string)[][])[
            [],
            [("endpoint", "https://registry.example")],
            [("endpoint", $"https://{registry.Host}")],
        ])
        {
            TerminatingException failure = await FailureAsync(
                registry.Address("digits:v1"),
                options => options with { Credentials = Secret([("username", "me"), ("password", "secret"), .. endpoint]) });

            Assert.That(failure.Message, Is.EqualTo(endpoint.Length == 0
                ? "the Secret does not say which endpoint its credentials are for; "
                    + $"add the key 'endpoint' with the value http://{registry.Host} to have them sent there"
                : $"the credentials are for another endpoint than http://{registry.Host}"));
        }
    }

    [Test]
    public async Task A_signed_artifact_that_is_pinned_starts_again_while_its_registry_is_away()
    {
        RealRegistry registry = await RealRegistry.StartAsync();
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string digest = await registry.PushAsync("digits", "v1", ("net.onnx", "application/octet-stream", Model));
        await registry.SignAsync("digits", digest, digest, signer);
        string address = registry.Address($"digits@{digest}");
        FetchOptions Cached(FetchOptions options) =>
            options with { Cache = Path.Combine(Folder, "cache"), SignatureKey = SignatureTests.Key(signer), Retries = 0 };
        await FetchAsync(address, Cached);
        await registry.DisposeAsync();

        await FetchAsync(address, options => Cached(options) with { Output = Path.Combine(Folder, "next", "model.onnx") });

        Assert.That(File.ReadAllBytes(Path.Combine(Folder, "next", "model.onnx")), Is.EqualTo(Model));
    }

    [Test]
    public async Task A_registry_that_wants_tokens_gets_one_from_its_token_service()
    {
        await using TokenService service = await TokenService.StartAsync();
        await using RealRegistry registry = await RealRegistry.StartWithTokensAsync(service);
        await registry.PushAsync("digits", "v1", ("net.onnx", "application/octet-stream", Model));
        FetchOptions Signed(FetchOptions options) => options with
        {
            Credentials = Secret(("username", "me"), ("password", "secret"), ("endpoint", $"http://{registry.Host}")),
            PartBytes = 500_000,
        };

        int before = service.Requests;
        await FetchAsync(registry.Address("digits:v1"), Signed);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        Assert.That(service.Requests - before, Is.EqualTo(1), "one token for all requests");
        TerminatingException wrong = await FailureAsync(registry.Address("digits:v1"), options => options with
        {
            Credentials = Secret(("username", "me"), ("password", "hunter2"), ("endpoint", $"http://{registry.Host}")),
        });
        Assert.That(wrong.Reason, Is.EqualTo(FailureReasons.CredentialsMissing));
    }

    [Test]
    public async Task A_signature_that_cosign_would_make_is_checked_before_the_model_appears()
    {
        await using RealRegistry registry = await RealRegistry.StartAsync();
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string digest = await registry.PushAsync("digits", "v1", ("net.onnx", "application/octet-stream", Model));
        string other = await registry.PushAsync("digits", "v2", ("net.onnx", "application/octet-stream", Model[..1000]));

        TerminatingException unsigned = await FailureAsync(
            registry.Address("digits:v1"), options => options with { SignatureKey = SignatureTests.Key(signer) });
        await registry.SignAsync("digits", digest, digest, signer);
        await registry.SignAsync("digits", other, digest, signer);
        await FetchAsync(registry.Address("digits:v1"), options => options with { SignatureKey = SignatureTests.Key(signer) });
        byte[] fetched = File.ReadAllBytes(Output);
        File.Delete(Output);
        TerminatingException byStranger = await FailureAsync(
            registry.Address("digits:v1"), options => options with { SignatureKey = SignatureTests.Key(stranger) });
        TerminatingException ofAnother = await FailureAsync(
            registry.Address("digits:v2"), options => options with { SignatureKey = SignatureTests.Key(signer) });

        Assert.That(fetched, Is.EqualTo(Model));
        Assert.That(
            new[] { unsigned, byStranger, ofAnother }.Select(failure => failure.Reason),
            Is.All.EqualTo(FailureReasons.SignatureInvalid));
        Assert.That(Fetched(), Is.Empty);
    }
}
