using System.Collections.Concurrent;
using System.Net;
using ModelOperator.Demo.Load;
using ModelOperator.Testing;

namespace ModelOperator.Demo.Tests;

public sealed class LoadGeneratorTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly LoadOptions Options = new() { RequestsPerSecond = 100, Connections = 4, AnswerLimit = TimeSpan.FromSeconds(2) };

    [Test]
    public async Task No_more_requests_are_under_way_than_there_are_connections_and_the_rest_counts_as_not_sent()
    {
        await using var load = new RunningLoad(_ => null);

        await load.AdvanceAsync(TimeSpan.FromSeconds(1));

        var report = load.Report();
        Assert.That(load.UnderWay, Is.EqualTo(Options.Connections));
        Assert.That(report.Sent, Is.EqualTo(Options.Connections));
        Assert.That(report.NotSent, Is.InRange(90, 96));
        Assert.That(report.Failed, Is.Zero);
    }

    [Test]
    public async Task A_model_that_does_not_answer_in_time_has_failed()
    {
        await using var load = new RunningLoad(_ => null);

        await load.AdvanceUntilAsync(report => report.Failed >= Options.Connections);

        Assert.That(load.Report().Failures, Has.All.Property(nameof(FailedRequest.Error)).EqualTo("no answer in 2 s"));
        Assert.That(load.Report().Failures[0].Seconds, Is.GreaterThan(2));
    }

    [Test]
    public async Task Time_in_which_the_generator_itself_stood_still_is_held_against_no_model()
    {
        await using var load = new RunningLoad(_ => null);
        await load.AdvanceAsync(TimeSpan.FromSeconds(1));

        load.StandStill(TimeSpan.FromHours(1));
        await load.AdvanceAsync(TimeSpan.FromSeconds(0.5));

        Assert.That(load.Report().Failed, Is.Zero);
        Assert.That(load.Report().StalledSeconds, Is.InRange(3590, 3601));
    }

    [Test]
    public async Task What_is_under_way_when_the_load_ends_has_not_failed()
    {
        await using var load = new RunningLoad(_ => null);
        await load.AdvanceAsync(TimeSpan.FromSeconds(1));

        await load.StopAsync();

        Assert.That(load.UnderWay, Is.Zero);
        Assert.That(load.Report().Failed, Is.Zero);
    }

    [Test]
    public async Task A_failed_answer_is_kept_with_its_time_its_revision_and_its_words()
    {
        await using var load = new RunningLoad(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("broke off") };
            response.Headers.Add("x-model-revision", "a1b2c3d4e5");
            return response;
        });

        await load.AdvanceUntilAsync(report => report.Failed > 0);

        var failure = load.Report().Failures[0];
        Assert.That(failure, Is.EqualTo(new FailedRequest("infer", 0, failure.At, failure.Seconds, null, "a1b2c3d4e5", "502 broke off")));
        Assert.That(failure.At, Is.InRange(load.Started, load.Started + TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task Each_answer_is_counted_for_its_revision_and_its_truth_is_fed_back_under_its_id()
    {
        await using var load = new RunningLoad(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent("""{"outputs":[{"name":"label","data":[7]}]}"""),
            };
            response.Headers.Add("x-model-revision", "a1b2c3d4e5");
            response.Headers.Add("x-prediction-id", "id-1");
            return response;
        });

        await load.AdvanceUntilAsync(report => report.Requests >= 10);
        await load.StopAsync();

        Assert.That(load.Report().Failed + load.Report().FeedbackFailed, Is.Zero);
        Assert.That(load.Report().Revisions["a1b2c3d4e5"].Correct, Is.EqualTo(load.Report().Requests));
        Assert.That(load.Feedback, Has.All.EqualTo("""{"id":"id-1","truth":7}"""));
        Assert.That(load.Feedback, Has.Count.GreaterThanOrEqualTo(9));
    }

    /// <summary>A load on a clock of its own against answers to infer requests made here; null is an answer that never comes.</summary>
    private sealed class RunningLoad : IAsyncDisposable
    {
        private readonly ManualTimeProvider timers = new();
        private readonly JumpingClock clock;
        private readonly CancellationTokenSource stop = new();
        private readonly Answers answers;
        private readonly HttpClient http;
        private readonly LoadGenerator generator;
        private readonly LoadCounters counters;
        private readonly Task run;

        public RunningLoad(Func<HttpRequestMessage, HttpResponseMessage?> answer)
        {
            clock = new JumpingClock(timers);
            answers = new Answers(answer);
            http = new HttpClient(answers) { BaseAddress = new Uri("http://digits"), Timeout = Timeout.InfiniteTimeSpan };
            counters = new LoadCounters(Options.RequestsPerSecond, clock);
            generator = new LoadGenerator(new ModelClient(http, "digits"), [new Sample(new int[64], 7)], counters, Options, clock);
            Started = clock.GetUtcNow();
            run = generator.RunAsync(stop.Token);
        }

        public DateTimeOffset Started { get; }

        public int UnderWay => answers.UnderWay;

        public IReadOnlyCollection<string> Feedback => answers.Feedback;

        public LoadReport Report() => counters.Report();

        public void StandStill(TimeSpan time) => clock.Jump(time);

        public Task AdvanceUntilAsync(Func<LoadReport, bool> condition) =>
            timers.AdvanceUntilAsync(() => condition(Report()), TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5));

        /// <summary>Tick by tick, each taken by the generator before the next.</summary>
        public async Task AdvanceAsync(TimeSpan time)
        {
            for (var end = timers.GetUtcNow() + time; timers.GetUtcNow() < end;)
            {
                timers.Advance(Tick);
                await Task.Delay(1);
            }
        }

        public async Task StopAsync()
        {
            await stop.CancelAsync();
            Assert.That(async () => await run, Throws.InstanceOf<OperationCanceledException>());
            await Eventually.HoldsAsync(() => UnderWay == 0, TimeSpan.FromSeconds(10));
        }

        public async ValueTask DisposeAsync()
        {
            if (!stop.IsCancellationRequested)
            {
                await StopAsync();
            }

            generator.Dispose();
            http.Dispose();
            stop.Dispose();
        }
    }

    /// <summary>A clock that can move on without any timer firing, as for a program that gets no core.</summary>
    private sealed class JumpingClock(ManualTimeProvider timers) : TimeProvider
    {
        private long jumped;

        public override long TimestampFrequency => timers.TimestampFrequency;

        public void Jump(TimeSpan by) => Interlocked.Add(ref jumped, by.Ticks);

        public override DateTimeOffset GetUtcNow() => timers.GetUtcNow().AddTicks(Interlocked.Read(ref jumped));

        public override long GetTimestamp() => GetUtcNow().Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            timers.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class Answers(Func<HttpRequestMessage, HttpResponseMessage?> answer) : HttpMessageHandler
    {
        private int underWay;

        public ConcurrentQueue<string> Feedback { get; } = new();

        public int UnderWay => Volatile.Read(ref underWay);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref underWay);
            try
            {
                if (request.RequestUri!.AbsolutePath.EndsWith("/feedback", StringComparison.Ordinal))
                {
                    Feedback.Enqueue(await request.Content!.ReadAsStringAsync(cancellationToken));
                    return new HttpResponseMessage(HttpStatusCode.OK);
                }

                if (answer(request) is { } response)
                {
                    return response;
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                throw new InvalidOperationException("It never ends.");
            }
            finally
            {
                Interlocked.Decrement(ref underWay);
            }
        }
    }
}
