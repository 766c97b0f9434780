using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime.Webhooks;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WebhookCertificatesTests
{
    private static readonly string[] Names = ["model-operator.system.svc", "127.0.0.1"];

    private readonly ManualTimeProvider _time = new();
    private readonly FakeApi _api = new();

    [Test]
    public async Task The_first_look_makes_a_secret_with_a_certificate_the_bundle_vouches_for()
    {
        var certificates = New();
        Assert.That(certificates.NotReady, Is.Not.Null);

        Assert.That(await certificates.EnsureAsync(CancellationToken.None), Is.True);

        var data = (await SecretAsync()).Data!;
        Assert.That(certificates.NotReady, Is.Null);
        Assert.That(Verify(certificates.Serving!, data["ca.crt"]), Is.True);
        Assert.That(Names.All(n => certificates.Serving!.MatchesHostname(n)), Is.True);
        Assert.That(certificates.Serving!.MatchesHostname("elsewhere.svc"), Is.False);
        Assert.That(certificates.Serving.HasPrivateKey, Is.True);
    }

    [Test]
    public async Task Replicas_that_start_together_end_with_one_certificate()
    {
        _api.Before = (_, token) => Task.Delay(1, token);
        var replicas = Enumerable.Range(0, 5).Select(_ => New()).ToList();

        await Task.WhenAll(replicas.Select(async r =>
        {
            while (!await r.EnsureAsync(CancellationToken.None))
            {
                await Task.Yield();
            }
        }));

        Assert.That(replicas.Select(r => r.Serving!.Thumbprint).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_good_certificate_is_left_alone_and_one_in_the_last_third_of_its_life_is_renewed_by_the_same_ca()
    {
        var certificates = New();
        await certificates.EnsureAsync(CancellationToken.None);
        var (first, bundle) = (certificates.Serving!.Thumbprint, (await SecretAsync()).Data!["ca.crt"]);
        _time.Advance(TimeSpan.FromDays(240));
        await certificates.EnsureAsync(CancellationToken.None);
        Assert.That(certificates.Serving!.Thumbprint, Is.EqualTo(first));

        _time.Advance(TimeSpan.FromDays(5));
        await certificates.EnsureAsync(CancellationToken.None);

        Assert.That(certificates.Serving!.Thumbprint, Is.Not.EqualTo(first));
        Assert.That((await SecretAsync()).Data!["ca.crt"], Is.EqualTo(bundle));
        Assert.That(Verify(certificates.Serving, bundle), Is.True);
    }

    [Test]
    public async Task A_new_ca_is_trusted_beside_the_old_one()
    {
        var certificates = New();
        await certificates.EnsureAsync(CancellationToken.None);
        var before = certificates.Serving!;
        _time.Advance(TimeSpan.FromDays(9 * 365));

        await certificates.EnsureAsync(CancellationToken.None);

        var bundle = (await SecretAsync()).Data!["ca.crt"];
        Assert.That(Encoding.UTF8.GetString(bundle).Split("BEGIN CERTIFICATE"), Has.Length.EqualTo(3));
        Assert.That(Verify(certificates.Serving!, bundle), Is.True);
        _time.Advance(TimeSpan.FromDays(-9 * 365));
        Assert.That(Verify(before, bundle), Is.True);
    }

    [TestCase("tls.key")]
    [TestCase("ca.crt")]
    [TestCase("ca.key")]
    public async Task A_damaged_secret_is_made_anew(string damaged)
    {
        var certificates = New();
        await certificates.EnsureAsync(CancellationToken.None);
        var secret = await SecretAsync();
        secret.Data![damaged] = "not a certificate"u8.ToArray();
        await _api.UpdateAsync(Resources.Secrets, secret, CancellationToken.None);

        await certificates.EnsureAsync(CancellationToken.None);

        Assert.That(Verify(certificates.Serving!, (await SecretAsync()).Data!["ca.crt"]), Is.True);
    }

    [Test]
    public async Task A_certificate_without_a_name_that_is_needed_is_renewed()
    {
        await New("old.svc").EnsureAsync(CancellationToken.None);
        var certificates = New("old.svc", "new.svc");

        await certificates.EnsureAsync(CancellationToken.None);

        Assert.That(certificates.Serving!.MatchesHostname("new.svc"), Is.True);
    }

    [Test]
    public async Task The_configuration_gets_the_ca_and_keeps_everything_else()
    {
        var configuration = """
            {"metadata":{"name":"hooks"},"webhooks":[
              {"name":"a.example","clientConfig":{"service":{"name":"s","namespace":"n"}},"sideEffects":"None",
                "rules":[{"operations":["CREATE"]}]},
              {"name":"b.example","clientConfig":{"url":"https://127.0.0.1"},"timeoutSeconds":7}]}
            """;
        await _api.CreateAsync(
            Resources.ValidatingWebhookConfigurations,
            System.Text.Json.JsonSerializer.Deserialize(configuration, EntityJsonContext.Default.ValidatingWebhookConfiguration)!,
            CancellationToken.None);
        var certificates = New();

        await certificates.EnsureAsync(CancellationToken.None);
        await certificates.EnsureAsync(CancellationToken.None);

        var bundle = Convert.ToBase64String((await SecretAsync()).Data!["ca.crt"]);
        var webhooks = _api.Objects("validatingwebhookconfigurations").Single()["webhooks"]!.AsArray();
        var expected = JsonNode.Parse(configuration)!["webhooks"]!.AsArray();
        foreach (var webhook in expected)
        {
            webhook!["clientConfig"]!["caBundle"] = bundle;
        }

        Assert.That(JsonNode.DeepEquals(webhooks, expected), Is.True, webhooks.ToJsonString());
        Assert.That(_api.Calls.Count(c => c == "patch validatingwebhookconfigurations"), Is.EqualTo(1));
    }

    private WebhookCertificates New(params string[] names) => new(
        _api,
        new WebhookServerOptions
        {
            Names = names.Length > 0 ? names : Names,
            SecretNamespace = "system",
            SecretName = "webhook",
            ConfigurationName = "hooks",
        },
        _time,
        NullLogger<WebhookCertificates>.Instance);

    private async Task<Secret> SecretAsync() => (await _api.GetAsync(Resources.Secrets, "system", "webhook", CancellationToken.None))!;

    private bool Verify(X509Certificate2 certificate, byte[] bundle)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(bundle));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().LocalDateTime;
        return chain.Build(certificate);
    }
}
