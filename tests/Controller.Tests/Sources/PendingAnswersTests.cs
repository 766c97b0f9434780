using ModelOperator.Controller.Sources;

namespace ModelOperator.Controller.Tests.Sources;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PendingAnswersTests : IDisposable
{
    private readonly PendingAnswers<string> _pending = new(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    private readonly TaskCompletionSource<string> _slow = new();
    private int _asked;

    public void Dispose() => _pending.Dispose();

    [Test]
    public async Task A_quick_answer_is_had_at_once_and_the_next_question_is_a_new_one()
    {
        Assert.That(await GetAsync("q", _ => Task.FromResult("a")), Is.EqualTo("a"));
        Assert.That(await GetAsync("q", _ => Task.FromResult("b")), Is.EqualTo("b"));
    }

    [Test]
    public async Task A_slow_answer_is_picked_up_later_and_asked_for_once()
    {
        Assert.That(await GetAsync("q", _ => _slow.Task), Is.Null);
        Assert.That(await GetAsync("q", _ => _slow.Task), Is.Null);
        _slow.SetResult("a");

        Assert.That(await GetAsync("q", _ => _slow.Task), Is.EqualTo("a"));
        Assert.That(_asked, Is.EqualTo(1));
    }

    [Test]
    public async Task The_answer_to_another_question_is_thrown_away()
    {
        CancellationToken first = default;
        await GetAsync("q", token =>
        {
            first = token;
            return _slow.Task;
        });
        _slow.SetResult("a");

        Assert.That(await GetAsync("r", _ => Task.FromResult("b")), Is.EqualTo("b"));
        Assert.That(first.IsCancellationRequested, Is.True);
    }

    [Test]
    public async Task What_is_forgotten_is_given_up_and_nobody_else_s()
    {
        CancellationToken mine = default;
        CancellationToken others = default;
        await _pending.GetAsync("vision/digits/a", "q", token => Never(mine = token), CancellationToken.None);
        await _pending.GetAsync("vision/digits-2/a", "q", token => Never(others = token), CancellationToken.None);

        _pending.ForgetAll("vision/digits/");

        Assert.That((mine.IsCancellationRequested, others.IsCancellationRequested), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task Who_stops_waiting_does_not_take_the_question_back()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        Assert.That(() => _pending.GetAsync("k", "q", Ask(_ => _slow.Task), stop.Token), Throws.InstanceOf<OperationCanceledException>());
        _slow.SetResult("a");

        Assert.That(await GetAsync("q", _ => Task.FromResult("b")), Is.EqualTo("a"));
        Assert.That(_asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_question_that_fails_is_asked_anew()
    {
        Assert.That(
            () => GetAsync("q", _ => Task.FromException<string>(new InvalidOperationException())),
            Throws.InvalidOperationException);

        Assert.That(await GetAsync("q", _ => Task.FromResult("a")), Is.EqualTo("a"));
    }

    private Task<string?> GetAsync(string question, Func<CancellationToken, Task<string>> ask) =>
        _pending.GetAsync("k", question, Ask(ask), CancellationToken.None);

    private Func<CancellationToken, Task<string>> Ask(Func<CancellationToken, Task<string>> ask) => token =>
    {
        _asked++;
        return ask(token);
    };

    private static async Task<string> Never(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return "";
    }
}
