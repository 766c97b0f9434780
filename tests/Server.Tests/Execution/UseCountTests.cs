using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Statistics;

public sealed class UseCountTests
{
    [Test]
    public void The_last_to_leave_ends_it_once_the_end_is_decided()
    {
        int ended = 0;
        UseCount uses = new(() => ended++);
        uses.TryEnter();
        uses.TryEnter();
        uses.Leave();

        uses.End();
        Assert.That(ended, Is.Zero);
        Assert.That(uses.TryEnter(), Is.False);
        Assert.That(ended, Is.Zero);
        uses.Leave();

        Assert.That(ended, Is.EqualTo(1));
    }

    [Test]
    public void What_nobody_uses_ends_at_once_and_only_once()
    {
        int ended = 0;
        UseCount uses = new(() => ended++);

        uses.End();
        uses.TryEnter();

        Assert.That(ended, Is.EqualTo(1));
    }

    [Test]
    public void Threads_that_come_and_go_never_use_what_has_ended()
    {
        for (int round = 0; round < 200; round++)
        {
            bool ended = false;
            int after = 0, times = 0;
            UseCount uses = new(() =>
            {
                Volatile.Write(ref ended, true);
                Interlocked.Increment(ref times);
            });
            Thread[] users = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                while (uses.TryEnter())
                {
                    if (Volatile.Read(ref ended))
                    {
                        Interlocked.Increment(ref after);
                    }

                    uses.Leave();
                }
            }))];
            Array.ForEach(users, t => t.Start());
            Thread.Yield();
            uses.End();
            Array.ForEach(users, t => t.Join());

            Assert.That(after, Is.Zero, $"round {round}");
            Assert.That(times, Is.EqualTo(1), $"round {round}");
        }
    }
}
