using System.Collections.Concurrent;

namespace ModelOperator.Demo.Load;

/// <summary>
/// Sends labelled images at a steady rate, whatever the answers do (open loop), and feeds the truth back under the request id of each
/// answer, at once or when it is known. A request that is due while all connections are in use is not sent, and counted so.
/// </summary>
public sealed class LoadGenerator(
    ModelClient client, IReadOnlyList<Sample> samples, LoadCounters counters, LoadOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim connections = new(options.Connections);
    private readonly ConcurrentDictionary<Call, byte> underWay = new();
    private readonly Pace pace = new(options.RequestsPerSecond);
    private readonly RunningTime running = new(time);

    /// <summary>Waits until the model answers at all; a Service needs a moment after it was made.</summary>
    public async Task WaitUntilServedAsync(CancellationToken cancellationToken)
    {
        while (!await client.IsReadyAsync(cancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        counters.Begin(time.GetUtcNow());
        running.Advance();
        double due = 0;
        long number = 0, notSent = 0, sentBefore = 0;
        var sinceAdjusted = TimeSpan.Zero;
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var passed = running.Advance();
            for (due += passed.TotalSeconds * pace.RequestsPerSecond; due >= 1; due--)
            {
                if (await connections.WaitAsync(TimeSpan.Zero, cancellationToken))
                {
                    _ = SendAsync(number++, cancellationToken);
                }
                else
                {
                    notSent++;
                }
            }

            GiveUpOnLateCalls();
            counters.Progress(number, running.Stalled);
            sinceAdjusted += passed;
            if (sinceAdjusted >= Second)
            {
                pace.Adjust(number - sentBefore, notSent);
                (sinceAdjusted, sentBefore, notSent) = (TimeSpan.Zero, number, 0);
            }
        }
    }

    public void Dispose() => connections.Dispose();

    private void GiveUpOnLateCalls()
    {
        foreach (var call in underWay.Keys)
        {
            if (running.Elapsed - call.Started > options.AnswerLimit)
            {
                call.GiveUp();
            }
        }
    }

    /// <summary>Has one of the connections from its caller.</summary>
    private async Task SendAsync(long number, CancellationToken stop)
    {
        bool connected = true;
        try
        {
            var sample = samples[(int)(number % samples.Count)];
            long start = time.GetTimestamp();
            var answer = await CallAsync("infer", number, token => client.InferAsync(sample, token), counters.Failed, stop);
            if (answer is null)
            {
                return;
            }

            counters.Answered(answer.Revision, answer.Label == sample.Label, time.GetElapsedTime(start));
            if (options.TruthDelay > TimeSpan.Zero)
            {
                connections.Release();
                connected = false;
                await Task.Delay(options.TruthDelay, time, stop);
                await connections.WaitAsync(stop);
                connected = true;
            }

            await CallAsync(
                "feedback", number,
                async token =>
                {
                    await client.FeedBackAsync(new Feedback(answer.Id, sample.Label), token);
                    return answer;
                },
                failure => counters.FeedbackFailed(failure with { Id = answer.Id, Revision = answer.Revision }), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Cut off by the end of the load: neither answered nor failed.
        }
        finally
        {
            if (connected)
            {
                connections.Release();
            }
        }
    }

    private async Task<Answer?> CallAsync(
        string kind, long number, Func<CancellationToken, Task<Answer>> send, Action<FailedRequest> failed, CancellationToken stop)
    {
        var at = time.GetUtcNow();
        long start = time.GetTimestamp();
        FailedRequest Failure(string? id, string? revision, string error) =>
            new(kind, number, at, time.GetElapsedTime(start).TotalSeconds, id, revision, error);

        using var call = new Call(running.Elapsed, stop);
        underWay.TryAdd(call, 0);
        try
        {
            return await send(call.Token);
        }
        catch (CallFailedException error)
        {
            failed(Failure(error.Id, error.Revision, error.Message));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            failed(Failure(null, null, $"no answer in {options.AnswerLimit.TotalSeconds} s"));
        }
        finally
        {
            underWay.TryRemove(call, out _);
        }

        return null;
    }

    /// <summary>One call under way, and when it began in the generator's running time.</summary>
    private sealed class Call(TimeSpan started, CancellationToken stop) : IDisposable
    {
        private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(stop);

        public TimeSpan Started { get; } = started;

        public CancellationToken Token => source.Token;

        public void GiveUp()
        {
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended in this very moment.
            }
        }

        public void Dispose() => source.Dispose();
    }
}
