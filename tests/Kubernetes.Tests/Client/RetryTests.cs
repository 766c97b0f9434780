using System.Net;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;
using static ModelOperator.Kubernetes.Tests.Client.ScriptedServer;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>When a call is sent again, and when not.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class RetryTests
{
    private const string Map = """{"metadata":{"name":"a","namespace":"n"}}""";
    private static readonly HttpRequestException NotConnected = new(HttpRequestError.ConnectionError, "Connection refused");
    private static readonly HttpRequestException Lost = new(HttpRequestError.ResponseEnded, "The connection was lost");

    [TestCase(HttpStatusCode.TooManyRequests)]
    [TestCase(HttpStatusCode.ServiceUnavailable)]
    public async Task A_server_that_asks_to_wait_is_asked_again_after_that_time(HttpStatusCode status)
    {
        using var server = new ScriptedServer(Refusal(status, retryAfter: 3), Json(Map));
        var clock = new ManualTimeProvider();
        using var client = server.Client(clock);

        var call = Create(client);
        await Eventually.TrueAsync(() => clock.PendingTimers == 2, "the retry waits");
        clock.Advance(TimeSpan.FromSeconds(2.9));
        await Task.Delay(50);
        var sentTooEarly = server.Requests.Count;
        clock.Advance(TimeSpan.FromSeconds(0.2));
        await call;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(sentTooEarly, Is.EqualTo(1));
            Assert.That(server.Requests, Has.Count.EqualTo(2));
        }
    }

    [TestCase(HttpStatusCode.TooManyRequests, null, TestName = "A_server_that_names_no_time_is_not_asked_again")]
    [TestCase(HttpStatusCode.TooManyRequests, 60, TestName = "A_server_that_asks_for_long_patience_gets_it_from_the_caller")]
    [TestCase(HttpStatusCode.InternalServerError, null, TestName = "A_server_error_is_not_asked_again")]
    [TestCase(HttpStatusCode.Conflict, 1, TestName = "A_conflict_is_not_asked_again")]
    public async Task Refusals_that_stand(HttpStatusCode status, int? retryAfter)
    {
        using var server = new ScriptedServer(Refusal(status, "Because", retryAfter));
        using var client = server.Client();

        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => Create(client));

        Assert.That(refusal!.RetryAfter, Is.EqualTo(retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null));
    }

    [Test]
    public async Task A_call_that_never_left_is_sent_again_whatever_it_does()
    {
        using var server = new ScriptedServer(Fails(NotConnected), Json(Map));
        using var client = server.Client();

        await Create(client);

        Assert.That(server.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_create_that_may_have_arrived_is_not_sent_again()
    {
        using var server = new ScriptedServer(Fails(Lost));
        using var client = server.Client();

        await Assert.ThatAsync(() => Create(client), Throws.InstanceOf<HttpRequestException>());

        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_read_that_may_have_arrived_is_sent_again()
    {
        using var server = new ScriptedServer(Fails(Lost), Json(Map));
        using var client = server.Client();

        await client.GetAsync(Resources.ConfigMaps, "n", "a", CancellationToken.None);

        Assert.That(server.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_server_that_stays_away_is_given_up_on()
    {
        using var server = new ScriptedServer([.. Enumerable.Repeat(Fails(NotConnected), 5)]);
        var clock = new ManualTimeProvider();
        using var client = server.Client(clock);

        var call = Create(client);
        await clock.AdvanceUntilAsync(() => call.IsCompleted, TimeSpan.FromSeconds(1));

        using (Assert.EnterMultipleScope())
        {
            await Assert.ThatAsync(() => call, Throws.InstanceOf<HttpRequestException>());
            Assert.That(server.Requests, Has.Count.EqualTo(5));
        }
    }

    [Test]
    public async Task A_call_that_is_not_answered_in_time_ends_with_a_timeout()
    {
        using var never = new NeverAnswers();
        var clock = new ManualTimeProvider();
        using var client = new KubernetesClient(
            new KubernetesClientConfiguration { Server = new Uri("https://server.test") },
            clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<KubernetesClient>.Instance,
            never);

        var call = client.GetAsync(Resources.Pods, "n", "a", CancellationToken.None);
        await Eventually.TrueAsync(() => never.Waits, "the call is on its way");
        clock.Advance(TimeSpan.FromSeconds(31));

        await Assert.ThatAsync(() => call, Throws.InstanceOf<TimeoutException>().With.Message.Contains("GET api/v1/namespaces/n/pods/a"));
    }

    [Test]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        using var never = new NeverAnswers();
        using var client = new KubernetesClient(
            new KubernetesClientConfiguration { Server = new Uri("https://server.test") },
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<KubernetesClient>.Instance,
            never);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        await Assert.ThatAsync(
            () => client.GetAsync(Resources.Pods, "n", "a", cancel.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_token_the_server_refuses_is_renewed_once()
    {
        using var server = new ScriptedServer(Refusal(HttpStatusCode.Unauthorized), Json(Map));
        using var client = server.Client(credentials: new Tokens("old", "new"));

        await client.GetAsync(Resources.ConfigMaps, "n", "a", CancellationToken.None);

        Assert.That(server.Requests.Select(r => r.Authorization), Is.EqualTo(new[] { "Bearer old", "Bearer new" }));
    }

    [Test]
    public async Task A_token_that_cannot_be_renewed_is_not_sent_twice()
    {
        using var server = new ScriptedServer(Refusal(HttpStatusCode.Unauthorized, "Unauthorized"));
        using var client = server.Client(credentials: new Tokens("only"));

        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => client.GetAsync(Resources.ConfigMaps, "n", "a", CancellationToken.None));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal!.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(server.Requests, Has.Count.EqualTo(1));
        }
    }

    private static Task<ConfigMap> Create(KubernetesClient client) => client.CreateAsync(
        Resources.ConfigMaps, new ConfigMap { Metadata = { Name = "a", Namespace = "n" } }, CancellationToken.None);

    private sealed class Tokens(params string[] tokens) : ICredentialSource
    {
        private int _rejected;

        public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new Credential(tokens[Math.Min(_rejected, tokens.Length - 1)]));

        public void Reject(long requestStarted) => _rejected++;
    }

    private sealed class NeverAnswers : HttpMessageHandler
    {
        public volatile bool Waits;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Waits = true;
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("never");
        }
    }
}
