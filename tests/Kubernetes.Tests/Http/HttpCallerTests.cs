using System.Net;
using System.Net.Sockets;
using ModelOperator.Kubernetes.Http;
using Polly.Timeout;

namespace ModelOperator.Kubernetes.Tests.Http;

public sealed class HttpCallerTests
{
    private static readonly Uri Uri = new("http://other.example/");
    private static readonly HttpCallOptions Options = new() { Name = "caller", LargestAnswer = 10, Retries = 2 };

    [Test]
    public async Task A_request_that_never_left_is_sent_again_and_names_its_caller()
    {
        using var other = new Other((attempt, _) => attempt < 2 ? throw Failure(HttpRequestError.ConnectionError) : Answer("yes"));

        (HttpStatusCode status, byte[] body) = await SendAsync(other, Options);

        Assert.That((status, body, other.Attempts, other.UserAgent), Is.EqualTo((HttpStatusCode.OK, "yes"u8.ToArray(), 3, "caller")));
    }

    [Test]
    public void A_request_that_may_have_arrived_is_not_sent_again()
    {
        using var other = new Other((_, _) => throw Failure(HttpRequestError.ResponseEnded));

        Assert.That(() => SendAsync(other, Options), Throws.TypeOf<HttpRequestException>());
        Assert.That(other.Attempts, Is.EqualTo(1));
    }

    [Test]
    public void What_the_handler_refused_itself_is_not_tried_again()
    {
        using var other = new Other((_, _) => throw new HttpRequestException(
            HttpRequestError.ConnectionError, "no", new InvalidOperationException("not there")));

        Assert.That(() => SendAsync(other, Options), Throws.TypeOf<HttpRequestException>());
        Assert.That(other.Attempts, Is.EqualTo(1));
    }

    [Test]
    public async Task Reading_is_tried_again_whatever_fails()
    {
        using var other = new Other((attempt, _) => attempt switch
        {
            0 => throw Failure(HttpRequestError.ResponseEnded),
            1 => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)),
            _ => Answer("yes"),
        });
        using var caller = new HttpCaller(other, Options, TimeProvider.System);

        Assert.That(await caller.GetAsync(Uri, CancellationToken.None), Is.EqualTo("yes"u8.ToArray()));
    }

    [Test]
    public void Neither_a_call_nor_an_attempt_takes_longer_than_it_may()
    {
        using var other = new Other(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return null!;
        });
        var soon = TimeSpan.FromMilliseconds(20);

        Assert.That(() => SendAsync(other, Options with { Timeout = soon }), Throws.TypeOf<TimeoutRejectedException>());
        Assert.That(() => SendAsync(other, Options with { AttemptTimeout = soon }), Throws.TypeOf<TimeoutRejectedException>());
        Assert.That(
            () => SendAsync(other, Options with { Timeout = TimeSpan.FromHours(1) }, soon),
            Throws.TypeOf<TimeoutRejectedException>());
    }

    [Test]
    public void An_answer_that_is_too_large_is_none()
    {
        using var other = new Other((_, _) => Answer("more than ten"));

        Assert.That(
            () => SendAsync(other, Options),
            Throws.TypeOf<HttpRequestException>()
                .With.Property(nameof(HttpRequestException.HttpRequestError))
                .EqualTo(HttpRequestError.ConfigurationLimitExceeded));
    }

    private static async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(Other other, HttpCallOptions options, TimeSpan? limit = null)
    {
        using var caller = new HttpCaller(other, options, TimeProvider.System);
        return await caller.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, Uri), CancellationToken.None, limit);
    }

    private static HttpRequestException Failure(HttpRequestError error) => new(error, "failed", new SocketException());

    private static Task<HttpResponseMessage> Answer(string text) =>
        Task.FromResult(new HttpResponseMessage { Content = new StringContent(text) });

    private sealed class Other(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        public int Attempts { get; private set; }

        public string? UserAgent { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            UserAgent = request.Headers.UserAgent.ToString();
            return answer(Attempts++, cancellationToken);
        }
    }
}
