using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Configuration;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>Credentials from plugin programs; the plugins here are run by the shell and count their runs.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(60_000)]
public sealed class ExecCredentialsTests : IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task However_many_wait_for_it_the_plugin_runs_once(CancellationToken cancellationToken)
    {
        using var credentials = Plugin(Answers("""{"token":"t$n"}"""));

        var tokens = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => Token(credentials, cancellationToken), cancellationToken)));

        Assert.That(tokens, Has.All.EqualTo("t1"));
    }

    [Test]
    public async Task Credentials_are_used_until_shortly_before_they_expire(CancellationToken cancellationToken)
    {
        var expires = _clock.GetUtcNow().AddMinutes(10);
        using var credentials = Plugin(Answers($$"""{"token":"t$n","expirationTimestamp":"{{expires:O}}"}"""));

        await Token(credentials, cancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(9.8));
        var before = await Token(credentials, cancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(0.1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(before, Is.EqualTo("t1"));
            Assert.That(await Token(credentials, cancellationToken), Is.EqualTo("t2"));
        }
    }

    [Test]
    public async Task Refused_credentials_are_asked_for_again_unless_they_were_renewed_since(CancellationToken cancellationToken)
    {
        using var credentials = Plugin(Answers("""{"token":"t$n"}"""));
        await Token(credentials, cancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var refusedAt = _clock.GetTimestamp();

        credentials.Reject(refusedAt);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var renewed = await Token(credentials, cancellationToken);
        credentials.Reject(refusedAt);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(renewed, Is.EqualTo("t2"));
            Assert.That(await Token(credentials, cancellationToken), Is.EqualTo("t2"));
        }
    }

    [Test]
    public async Task A_client_certificate_comes_with_its_key(CancellationToken cancellationToken)
    {
        var (certificate, key) = TestCertificates.Client("plugin user");
        var status = new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key };
        var document = new JsonObject { ["apiVersion"] = V1, ["kind"] = "ExecCredential", ["status"] = status };
        _folder.Write("answer.json", document.ToJsonString());
        using var credentials = Plugin($"cat {_folder.Path}/answer.json");

        var credential = await credentials.GetAsync(cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(credential.Certificate!.Leaf.Subject, Is.EqualTo("CN=plugin user"));
            Assert.That(credential.Certificate.Leaf.HasPrivateKey, Is.True);
        }
    }

    [Test]
    public async Task The_plugin_gets_its_arguments_environment_and_the_cluster(CancellationToken cancellationToken)
    {
        var script =
            $$$"""
            printf '%s|%s|%s' "$1" "$GREETING" "$KUBERNETES_EXEC_INFO" > {{{_folder.Path}}}/seen
            echo '{"apiVersion":"{{{V1}}}","kind":"ExecCredential","status":{"token":"t"}}'
            """;
        var settings = new ExecPluginSettings(V1, "sh")
        {
            Arguments = ["-c", script, "plugin", "an argument"],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GREETING"] = "hello" },
            Cluster = new ExecCluster { Server = "https://server.test" },
        };
        using var credentials = new ExecCredentials(new ExecPlugin(settings, _clock), _clock);

        await Token(credentials, cancellationToken);

        var seen = (await File.ReadAllTextAsync(Path.Combine(_folder.Path, "seen"), cancellationToken)).Split('|');
        var info = JsonNode.Parse(seen[2])!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen[..2], Is.EqualTo(new[] { "an argument", "hello" }));
            Assert.That(info["apiVersion"]!.GetValue<string>(), Is.EqualTo(V1));
            Assert.That(info["spec"]!["interactive"]!.GetValue<bool>(), Is.False);
            Assert.That(info["spec"]!["cluster"]!["server"]!.GetValue<string>(), Is.EqualTo("https://server.test"));
        }
    }

    [TestCase("exit 3", "exit code 3")]
    [TestCase("echo secret-but-not-json", "not an ExecCredential in JSON")]
    [TestCase(
        """echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"t"}}'""",
        "v1 ExecCredential is expected")]
    [TestCase("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}'""", "without a status")]
    [TestCase("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'""", "neither a token")]
    [TestCase(
        """echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientKeyData":"k"}}'""",
        "both or neither")]
    [TestCase("head -c 3000000 /dev/zero", "wrote more than")]
    public async Task A_plugin_that_fails_is_an_error_that_says_how_and_gives_nothing_away(string script, string message)
    {
        using var credentials = Plugin(script);

        await Assert.ThatAsync(
            async () => await credentials.GetAsync(CancellationToken.None),
            Throws.InstanceOf<KubernetesConfigurationException>().With.Message.Contains(message).And.Message.Not.Contains("secret"));
    }

    [Test]
    public async Task A_plugin_that_is_not_there_is_an_error_with_the_hint()
    {
        var settings = new ExecPluginSettings(V1, "no-such-plugin") { InstallHint = "Install it so." };
        using var credentials = new ExecCredentials(new ExecPlugin(settings, _clock), _clock);

        await Assert.ThatAsync(
            async () => await credentials.GetAsync(CancellationToken.None),
            Throws.InstanceOf<KubernetesConfigurationException>().With.Message.Contains("Install it so."));
    }

    [Test]
    public async Task A_plugin_that_hangs_is_ended()
    {
        using var credentials = Plugin($"touch {_folder.Path}/started; sleep 600");

        var call = credentials.GetAsync(CancellationToken.None).AsTask();
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(_folder.Path, "started")), "the plugin runs");
        _clock.Advance(TimeSpan.FromMinutes(2));

        await Assert.ThatAsync(() => call, Throws.InstanceOf<KubernetesConfigurationException>().With.Message.Contains("within 60 s"));
    }

    private ExecCredentials Plugin(string script) =>
        new(new ExecPlugin(new ExecPluginSettings(V1, "sh") { Arguments = ["-c", script] }, _clock), _clock);

    /// <summary>A script that answers with this status, $n being the number of the run.</summary>
    private string Answers(string status) =>
        $"""
        echo run >> {_folder.Path}/runs
        n=$(wc -l < {_folder.Path}/runs)
        cat <<END
        """ + "\n" + $$"""{"apiVersion":"{{V1}}","kind":"ExecCredential","status":""" + status + "}\nEND";

    private static async Task<string?> Token(ExecCredentials credentials, CancellationToken cancellationToken) =>
        (await credentials.GetAsync(cancellationToken)).BearerToken;
}
