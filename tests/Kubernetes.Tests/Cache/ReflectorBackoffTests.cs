using ModelOperator.Kubernetes.Cache;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Cache;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class ReflectorBackoffTests
{
    [Test]
    public void Waits_double_from_the_first_to_the_longest_with_jitter()
    {
        var backoff = new ReflectorBackoff(new ReflectorOptions(), new ManualTimeProvider(), new Random(1));

        var waits = Enumerable.Range(0, 12).Select(_ => backoff.Next().TotalSeconds).ToList();

        using (Assert.EnterMultipleScope())
        {
            for (var i = 0; i < waits.Count; i++)
            {
                var least = Math.Min(0.8 * Math.Pow(2, i), 30);
                Assert.That(waits[i], Is.InRange(least - 1e-6, Math.Min(2 * least, 30) + 1e-6), $"wait {i}");
            }
        }
    }

    [Test]
    public void After_a_quiet_time_they_start_from_the_beginning()
    {
        var clock = new ManualTimeProvider();
        var backoff = new ReflectorBackoff(new ReflectorOptions(), clock, new Random(1));
        for (var i = 0; i < 10; i++)
        {
            backoff.Next();
        }

        clock.Advance(TimeSpan.FromSeconds(119));
        var stillLong = backoff.Next();
        clock.Advance(TimeSpan.FromSeconds(120));
        var shortAgain = backoff.Next();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(stillLong, Is.EqualTo(TimeSpan.FromSeconds(30)));
            Assert.That(shortAgain, Is.LessThanOrEqualTo(TimeSpan.FromSeconds(1.6)));
        }
    }
}
