using System.Collections.Concurrent;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// Questions on their way. A slow source must not hold up the reconcile that may have to roll back for another reason: a question is waited
/// for a moment, and its answer picked up by a later reconcile when it takes longer. There is one question a guardrail at a time.
/// </summary>
internal sealed class PendingAnswers<TAnswer>(TimeSpan patience, TimeProvider timeProvider) : IDisposable
    where TAnswer : class
{
    private readonly ConcurrentDictionary<string, Pending> _pending = new(StringComparer.Ordinal);

    private sealed record Pending(string Question, Task<TAnswer> Answer, CancellationTokenSource Cancellation);

    /// <summary>The answer; null while it is on its way.</summary>
    /// <param name="key">Who asks.</param>
    /// <param name="question">What is asked; the answer to another question is thrown away.</param>
    /// <param name="ask">Asks, when nobody has yet. It does not throw but for its cancellation.</param>
    /// <param name="cancellationToken">Ends the wait, not the question.</param>
    public async Task<TAnswer?> GetAsync(
        string key, string question, Func<CancellationToken, Task<TAnswer>> ask, CancellationToken cancellationToken)
    {
        if (_pending.TryGetValue(key, out Pending? pending) && pending.Question != question)
        {
            Forget(key);
            pending = null;
        }

        if (pending is null)
        {
            var cancellation = new CancellationTokenSource();
            pending = new Pending(question, ask(cancellation.Token), cancellation);
            _pending[key] = pending;
            await Task.WhenAny(pending.Answer, Task.Delay(patience, timeProvider, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (!pending.Answer.IsCompleted)
        {
            return null;
        }

        Forget(key);
        return await pending.Answer;
    }

    /// <summary>Gives up what somebody asked.</summary>
    public void ForgetAll(string prefix)
    {
        foreach (string key in _pending.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            Forget(key);
        }
    }

    public void Dispose() => ForgetAll("");

    private void Forget(string key)
    {
        if (_pending.TryRemove(key, out Pending? pending))
        {
            pending.Cancellation.Cancel();
            pending.Cancellation.Dispose();
        }
    }
}
