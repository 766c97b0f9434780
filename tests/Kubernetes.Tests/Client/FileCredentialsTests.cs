using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Configuration;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>Tokens in files that are replaced while the program runs.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FileCredentialsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly TokenFileCredentials _credentials;

    public FileCredentialsTests()
    {
        _folder.Write("token", "first\n");
        _credentials = new TokenFileCredentials(Path.Combine(_folder.Path, "token"), null, _clock, NullLogger.Instance);
    }

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task A_token_is_read_again_each_minute()
    {
        var first = await Token();
        _folder.Write("token", "second");
        _clock.Advance(TimeSpan.FromSeconds(59));
        var within = await Token();
        _clock.Advance(TimeSpan.FromSeconds(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Is.EqualTo("first"));
            Assert.That(within, Is.EqualTo("first"));
            Assert.That(await Token(), Is.EqualTo("second"));
        }
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("two tokens")]
    public async Task A_token_is_kept_while_the_file_holds_none(string? content)
    {
        await Token();
        Replace(content);
        _clock.Advance(TimeSpan.FromMinutes(5));
        var kept = await Token();
        _folder.Write("token", "second");
        _clock.Advance(TimeSpan.FromMinutes(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(kept, Is.EqualTo("first"));
            Assert.That(await Token(), Is.EqualTo("second"));
        }
    }

    [Test]
    public async Task A_token_older_than_the_refused_request_is_dropped()
    {
        await Token();
        _folder.Write("token", "second");
        _clock.Advance(TimeSpan.FromSeconds(10));

        _credentials.Reject(requestStarted: _clock.GetTimestamp());

        Assert.That(await Token(), Is.EqualTo("second"));
    }

    [Test]
    public async Task A_token_read_since_the_refused_request_is_kept()
    {
        var requestStarted = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(10));
        await Token();
        _folder.Write("token", "second");

        _credentials.Reject(requestStarted);

        Assert.That(await Token(), Is.EqualTo("first"));
    }

    [Test]
    public async Task Without_any_token_the_error_names_the_file()
    {
        Replace("");

        await Assert.ThatAsync(
            async () => await Token(),
            Throws.InstanceOf<KubernetesConfigurationException>().With.Message.Contains("token: holds no token"));
    }

    [Test]
    public async Task A_token_is_not_shown_by_accident()
    {
        var credential = await _credentials.GetAsync(CancellationToken.None);

        Assert.That($"{credential}", Does.Not.Contain("first"));
    }

    private async Task<string?> Token() => (await _credentials.GetAsync(CancellationToken.None)).BearerToken;

    private void Replace(string? content)
    {
        if (content is null)
        {
            File.Delete(Path.Combine(_folder.Path, "token"));
        }
        else
        {
            _folder.Write("token", content);
        }
    }
}
