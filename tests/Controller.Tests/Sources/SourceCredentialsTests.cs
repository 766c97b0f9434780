using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using ModelOperator.Api;
using ModelOperator.Controller.Sources;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;
using NSubstitute;

namespace ModelOperator.Controller.Tests.Sources;

/// <summary>Sources that ask who is there, and are known by an authority of their own.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class SourceCredentialsTests
{
    private const string One = """{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}""";

    [Test]
    public async Task A_Prometheus_is_sent_the_token_and_the_headers_of_the_Secret()
    {
        (string, string)? sent = null;
        await using SourceServer server = await SourceServer.StartAsync(context =>
        {
            sent = (context.Request.Headers.Authorization.ToString(), context.Request.Headers["X-Scope-OrgID"].ToString());
            return context.Response.WriteAsync(One);
        });

        MetricAnswer answer = await ReadAsync(
            server.Address, Secret(("endpoint", server.Address), ("token", "t0ken\n"), ("header.X-Scope-OrgID", "team-a")));

        Assert.That((answer.Problem, answer.CanaryMean), Is.EqualTo(((string?)null, 1.0)));
        Assert.That(sent, Is.EqualTo(("Bearer t0ken", "team-a")));
    }

    [Test]
    public async Task A_user_name_and_a_password_are_sent_as_basic_authentication()
    {
        string? authorization = null;
        await using SourceServer server = await SourceServer.StartAsync(context =>
        {
            authorization = context.Request.Headers.Authorization;
            return context.Response.WriteAsync(One);
        });

        await ReadAsync(server.Address, Secret(("endpoint", server.Address), ("username", "me"), ("password", "hunter2")));

        Assert.That(authorization, Is.EqualTo("Basic " + Convert.ToBase64String("me:hunter2"u8)));
    }

    [Test]
    public async Task A_refusal_says_what_to_set()
    {
        await using SourceServer server = await SourceServer.AnsweringAsync("no org id", status: 401);

        string? without = (await ReadAsync(server.Address, secret: null)).Problem;
        string? with = (await ReadAsync(server.Address, Secret(("endpoint", server.Address), ("token", "wrong")))).Problem;

        Assert.That(without, Does.EndWith(
            "it answers 401: it asks for credentials or a tenant; name a Secret in credentialsSecretRef with the keys endpoint, "
            + "and token, or username and password, or a header such as header.X-Scope-OrgID"));
        Assert.That(with, Does.EndWith("it answers 401: it does not accept what is in Secret prometheus"));
    }

    [Test]
    public async Task A_private_authority_is_believed_where_the_Secret_has_its_certificate_and_only_for_those_who_named_it()
    {
        using X509Certificate2 certificate = Certificate();
        await using SourceServer server = await SourceServer.StartAsync(context => context.Response.WriteAsync(One), certificate);
        string place = server.Address;
        using var http = new SourceHttp(Options, TimeProvider.System);

        Assert.That(
            (await ReadAsync(http, place, Secret(("endpoint", place), ("ca.crt", certificate.ExportCertificatePem())))).Problem,
            Is.Null);
        string? unknown = (await ReadAsync(http, place, Secret(("endpoint", place), ("token", "t0ken")))).Problem;
        using X509Certificate2 another = Certificate();
        string? other = (await ReadAsync(http, place, Secret(("endpoint", place), ("ca.crt", another.ExportCertificatePem())))).Problem;

        Assert.That(
            unknown,
            Does.Contain("put the authority's certificate (PEM) into the key ca.crt of the Secret in credentialsSecretRef"));
        Assert.That(other, Does.Contain("no secure connection"));
        Assert.That(server.Requests, Has.Count.EqualTo(2), "the two questions of the first");
    }

    [TestCase(
        "token=t", "does not say which endpoint it is for; add the key endpoint with the value http://127.0.0.1:1 to have it used there")]
    [TestCase("endpoint=http://127.0.0.1:2;token=t", "is for another endpoint than http://127.0.0.1:1, by its key endpoint")]
    [TestCase("endpoint=https://127.0.0.1:1;token=t", "is for another endpoint")]
    [TestCase("endpoint=prometheus;token=t", "is for another endpoint")]
    [TestCase("endpoint=http://127.0.0.1:1;token=a\nb", "has characters in the key token that no HTTP header can carry")]
    [TestCase("endpoint=http://127.0.0.1:1;token=", "has nothing in the key token")]
    [TestCase("endpoint=http://127.0.0.1:1;username=me", "has one of the keys username and password; want both, or token")]
    [TestCase("endpoint=http://127.0.0.1:1;header.Host=evil", "has the key header.Host, which names no header that can be set")]
    [TestCase("endpoint=http://127.0.0.1:1;header.=x", "has the key header., which names no header that can be set")]
    [TestCase("endpoint=http://127.0.0.1:1;ca.crt=none", "has no certificate in the key ca.crt; want PEM")]
    [TestCase(
        "endpoint=http://127.0.0.1:1;token=SERVICEACCOUNT",
        "has the token of a service account in the key token, which is never sent to a source")]
    public async Task A_Secret_that_is_not_for_the_source_is_not_sent(string keys, string problem)
    {
        string token = $"e30.{Convert.ToBase64String("""{"sub":"system:serviceaccount:kube-system:admin"}"""u8).TrimEnd('=')}.x";
        Secret secret = Secret(
        [
            .. keys.Replace("SERVICEACCOUNT", token, StringComparison.Ordinal)
                .Split(';')
                .Select(key => key.Split('=', 2))
                .Select(pair => (pair[0], pair[1])),
        ]);

        MetricAnswer answer = await ReadAsync("http://127.0.0.1:1", secret);

        Assert.That(answer.Problem, Does.StartWith($"Prometheus http://127.0.0.1:1: Secret prometheus {problem}"));
    }

    [Test]
    public async Task A_Secret_that_is_not_there_or_may_not_be_read_is_named()
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        var secrets = new SourceSecrets(client);
        var reference = new LocalSecretReference { Name = "prometheus" };

        Assert.That(
            () => secrets.ReadAsync("vision", reference, "http://p", CancellationToken.None),
            Throws.TypeOf<SourceException>()
                .With.Message.EqualTo("there is no Secret prometheus in namespace vision, which credentialsSecretRef names"));
        client.GetAsync(Resources.Secrets, "vision", "prometheus", Arg.Any<CancellationToken>())
            .Returns(Task.FromException<Secret?>(new KubernetesException(HttpStatusCode.Forbidden, "Forbidden", "not allowed")));
        Assert.That(
            () => secrets.ReadAsync("vision", reference, "http://p", CancellationToken.None),
            Throws.TypeOf<SourceException>().With.Message.EqualTo("Secret prometheus cannot be read: not allowed"));
        Assert.That(await secrets.ReadAsync("vision", reference: null, "http://p", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_webhook_is_sent_what_its_Secret_holds()
    {
        string? authorization = null;
        await using SourceServer server = await SourceServer.StartAsync(context =>
        {
            authorization = context.Request.Headers.Authorization;
            return Task.CompletedTask;
        });
        using var http = new SourceHttp(Options, TimeProvider.System);
        var call = new WebhookCall
        {
            Name = "digits",
            Namespace = "vision",
            Revision = "b",
            StableRevision = "a",
            Guardrail = "desk",
            Step = 0,
            CanaryWeight = 5,
        };
        var credentials = SourceCredentials.Read(Secret(("endpoint", server.Address), ("token", "t0ken")), new Uri(server.Address));

        await new WebhookClient(http).AskAsync(server.Address, call, TimeSpan.FromSeconds(5), CancellationToken.None, credentials);

        Assert.That(authorization, Is.EqualTo("Bearer t0ken"));
    }

    private static SourceOptions Options { get; } = new() { Networks = SourceAddress.Parse("private,loopback", out _)! };

    private static async Task<MetricAnswer> ReadAsync(string address, Secret? secret)
    {
        using var http = new SourceHttp(Options, TimeProvider.System);
        return await ReadAsync(http, address, secret);
    }

    private static Task<MetricAnswer> ReadAsync(SourceHttp http, string address, Secret? secret)
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client.GetAsync(Resources.Secrets, "vision", "prometheus", Arg.Any<CancellationToken>()).Returns(secret);
        var metric = new PrometheusMetric
        {
            Address = address,
            MeanQuery = "x",
            CredentialsSecretRef = secret is null ? null : new LocalSecretReference { Name = "prometheus" },
        };
        return new PrometheusReader(new PrometheusClient(http), new SourceSecrets(client)).ReadAsync(
            new MetricQuestion(metric, "vision", "digits", "bbbb", "aaaa", TimeSpan.FromSeconds(10)),
            TimeProvider.System.GetUtcNow(),
            CancellationToken.None);
    }

    private static Secret Secret(params (string Key, string Value)[] keys) => new()
    {
        Metadata = new ObjectMeta { Name = "prometheus", Namespace = "vision" },
        Data = keys.ToDictionary(key => key.Key, key => Encoding.UTF8.GetBytes(key.Value)),
    };

    private static X509Certificate2 Certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=private-{Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
