using ModelOperator.Protocol;
using ModelOperator.Router.Feedback;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Feedback;

public sealed class OutcomeLedgerTests
{
    private static readonly Outcomes Right = new(1, 0);

    [Test]
    public void What_was_entered_is_not_entered_again()
    {
        var ledger = new OutcomeLedger(100, TimeProvider.System);
        FeedbackKey key = FeedbackKey.Of("digits", "a");

        Assert.That(ledger.Enter(key, Right), Is.Null);
        Assert.That(ledger.Enter(key, new Outcomes(0, 1)), Is.EqualTo(Right));
        Assert.That(ledger.Find(key), Is.EqualTo(Right));
        Assert.That(ledger.Find(FeedbackKey.Of("other", "a")), Is.Null);
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool In_whatever_order_and_how_often_feedback_comes_each_id_counts_once(byte[] ids)
    {
        var ledger = new OutcomeLedger(2 * 256, TimeProvider.System);
        int counted = ids.Concat(ids.Reverse()).Count(id => ledger.Enter(FeedbackKey.Of("m", $"{id}"), Right) is null);
        return counted == ids.Distinct().Count();
    }

    [TestCase(1000)]
    [TestCase(10)]
    public void Half_of_what_may_be_kept_always_is_and_never_more_than_all(int capacity)
    {
        var ledger = new OutcomeLedger(capacity, TimeProvider.System);
        for (int i = 0; i < 3 * capacity; i++)
        {
            ledger.Enter(FeedbackKey.Of("m", $"{i}"), Right);
            for (int recent = Math.Max(0, i - (capacity / 2) + 1); recent <= i; recent += Math.Max(1, capacity / 20))
            {
                Assert.That(ledger.Find(FeedbackKey.Of("m", $"{recent}")), Is.Not.Null);
            }
        }

        int known = Enumerable.Range(0, 3 * capacity).Count(i => ledger.Find(FeedbackKey.Of("m", $"{i}")) is not null);
        Assert.That(known, Is.InRange(capacity / 2, capacity));
    }

    [Test]
    public void An_outcome_is_known_for_half_a_day_at_least_and_a_day_at_most()
    {
        var time = new ManualTimeProvider();
        var ledger = new OutcomeLedger(1000, time);
        time.Advance(OutcomeLedger.GenerationTime - TimeSpan.FromSeconds(1));
        ledger.Enter(FeedbackKey.Of("m", "old"), Right);
        time.Advance(OutcomeLedger.GenerationTime);
        ledger.Enter(FeedbackKey.Of("m", "turns the page"), Right);
        Assert.That(ledger.Find(FeedbackKey.Of("m", "old")), Is.Not.Null);

        time.Advance(OutcomeLedger.GenerationTime);
        ledger.Enter(FeedbackKey.Of("m", "turns it again"), Right);
        Assert.That(ledger.Find(FeedbackKey.Of("m", "old")), Is.Null);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("0123")]
    [TestCase("0123456789abcdef0123456789abcdeg")]
    [TestCase("0123456789abcdef0123456789abcdef0")]
    public void What_is_no_key_is_refused(string? text) => Assert.That(FeedbackKey.TryParse(text, out _), Is.False);

    [Test]
    public void A_key_is_read_as_it_was_written()
    {
        FeedbackKey key = FeedbackKey.Of("digits", "a");

        Assert.That(FeedbackKey.TryParse(key.ToString(), out FeedbackKey read) && read == key, Is.True);
    }
}
