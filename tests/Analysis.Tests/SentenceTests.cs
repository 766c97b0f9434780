namespace ModelOperator.Analysis.Tests;

public class SentenceTests
{
    private static readonly Judge Judge = Judge.ForGuardrails(99, 3);

    private static readonly Interval Where = new(0.02, 0.062);

    private static readonly GuardrailEvidence Evidence = new() { Closed = new Block(new ArmCounts(412, 3000), new ArmCounts(290, 3010)) };

    [Test]
    public void Harm_is_told_with_the_difference_the_counts_and_the_odds()
    {
        string sentence = Sentence.Of(
            Measure.Accuracy, Criterion.Margin(0.02), Evidence, new Judgement(Verdict.Harmful, true, 8345, 1, Where), Judge);
        Assert.That(
            sentence,
            Is.EqualTo(
                "canary is 4.1 points less accurate: 412 of 3,000 wrong against 290 of 3,010; difference +2.0 to +6.2 points; "
                + "1 in 8,300 if it were within the margin of 2 points"));
    }

    [Test]
    public void Safety_is_told_with_the_counts_and_the_odds()
    {
        string sentence = Sentence.Of(
            Measure.ErrorRate, Criterion.Margin(0.01), Evidence, new Judgement(Verdict.Safe, false, 1, 1e12, Where), Judge);
        Assert.That(
            sentence,
            Is.EqualTo(
                "canary is within the margin of 1 point: 412 of 3,000 failed against 290 of 3,010; difference +2.0 to +6.2 points; "
                + "less than 1 in 1,000,000,000 if it were worse than that"));
    }

    [Test]
    public void What_is_open_is_told_with_how_far_it_is()
    {
        string sentence = Sentence.Of(
            Measure.Latency("12.3 ms"), Criterion.Margin(0.05), Evidence, new Judgement(Verdict.Continue, false, 1, 14.04, Where), Judge);
        Assert.That(
            sentence,
            Is.EqualTo(
                "not decided yet: 412 of 3,000 slower than 12.3 ms against 290 of 3,010; difference +2.0 to +6.2 points; "
                + "evidence of harm 1 in 1.0, decided at 1 in 300; of safety 1 in 14, decided at 1 in 100"));
    }

    [Test]
    public void Missing_data_is_told_with_whose_it_is()
    {
        var evidence = new GuardrailEvidence { Closed = new Block(default, new ArmCounts(1, 5)) };
        string sentence = Sentence.Of(
            Measure.Accuracy, Criterion.Margin(0.02), evidence, Judge.Of(evidence, Criterion.Margin(0.02)), Judge);
        Assert.That(sentence, Is.EqualTo("no answers with ground truth of the canary yet"));
    }

    [Test]
    public void With_no_margin_harm_is_told_against_no_difference_and_safety_as_being_better()
    {
        string harm = Sentence.Of(
            Measure.Accuracy, Criterion.Margin(0), Evidence, new Judgement(Verdict.Harmful, true, 8345, 1, Where), Judge);
        string safe = Sentence.Of(
            Measure.ErrorRate, Criterion.Margin(0), Evidence, new Judgement(Verdict.Safe, false, 1, 512, Where), Judge);
        Assert.Multiple(() =>
        {
            Assert.That(
                harm,
                Is.EqualTo(
                    "canary is 4.1 points less accurate: 412 of 3,000 wrong against 290 of 3,010; difference +2.0 to +6.2 points; "
                    + "1 in 8,300 under no difference"));
            Assert.That(
                safe,
                Is.EqualTo(
                    "canary is better than stable: 412 of 3,000 failed against 290 of 3,010; difference +2.0 to +6.2 points; "
                    + "1 in 510 if it were not"));
        });
    }

    [TestCase(
        Verdict.Harmful,
        "canary is beyond the limit of 8 % wrong: 412 of 3,000 wrong; rate 2.0 to 6.2 %; 1 in 340 if it were within the limit")]
    [TestCase(
        Verdict.Safe, "canary is within the limit of 8 % wrong: 412 of 3,000 wrong; rate 2.0 to 6.2 %; 1 in 12 if it were worse than that")]
    [TestCase(
        Verdict.Continue,
        "not decided yet: 412 of 3,000 wrong; rate 2.0 to 6.2 %; evidence of harm 1 in 340, decided at 1 in 300; of safety 1 in 12, "
        + "decided at 1 in 100")]
    [TestCase(
        Verdict.Inconclusive,
        "the data could not tell in time: 412 of 3,000 wrong; rate 2.0 to 6.2 %; evidence of harm 1 in 340, decided at 1 in 300; "
        + "of safety 1 in 12, decided at 1 in 100")]
    [TestCase(Verdict.NoData, "no answers with ground truth of the stable revision yet")]
    public void A_limit_is_told_with_the_canary_alone(Verdict verdict, string expected)
    {
        var evidence = verdict == Verdict.NoData ? Evidence with { Closed = Evidence.Closed with { Stable = default } } : Evidence;
        Assert.That(
            Sentence.Of(Measure.Accuracy, Criterion.Limit(0.08), evidence, new Judgement(verdict, false, 345, 12.7, Where), Judge),
            Is.EqualTo(expected));
    }

    [Test]
    public void A_canary_that_is_worse_only_block_by_block_is_told_so()
    {
        var evidence = new GuardrailEvidence { Closed = new Block(new ArmCounts(10, 1000), new ArmCounts(200, 10_000)) };
        string sentence = Sentence.Of(
            Measure.ErrorRate, Criterion.Margin(0), evidence, new Judgement(Verdict.Harmful, true, 400, 1, Where), Judge);
        Assert.That(sentence, Does.StartWith("canary has more failed in the same intervals: 10 of 1,000 failed against 200 of 10,000;"));
    }

    [Test]
    public void A_small_difference_of_rare_failures_is_not_told_as_none()
    {
        var evidence = new GuardrailEvidence { Closed = new Block(new ArmCounts(400, 1_000_000), new ArmCounts(1000, 10_000_000)) };
        string sentence = Sentence.Of(
            Measure.ErrorRate, Criterion.Margin(0), evidence, new Judgement(Verdict.Harmful, true, 1e8, 1, new Interval(0.00021, 0.00049)),
            Judge);
        Assert.That(
            sentence,
            Is.EqualTo(
                "canary fails 0.03 points more requests: 400 of 1,000,000 failed against 1,000 of 10,000,000; "
                + "difference +0.02 to +0.05 points; 1 in 100,000,000 under no difference"));
    }

    [TestCase(0.5, "1 in 1.0")]
    [TestCase(1, "1 in 1.0")]
    [TestCase(9.94, "1 in 9.9")]
    [TestCase(9.96, "1 in 10.0")]
    [TestCase(10, "1 in 10")]
    [TestCase(99.9, "1 in 99")]
    [TestCase(8345, "1 in 8,300")]
    [TestCase(123_456_789, "1 in 120,000,000")]
    [TestCase(999_999_999, "1 in 990,000,000")]
    [TestCase(1e9, "less than 1 in 1,000,000,000")]
    [TestCase(double.PositiveInfinity, "less than 1 in 1,000,000,000")]
    public void Odds_are_told_in_two_digits_and_never_overstated(double odds, string expected) =>
        Assert.That(Sentence.Odds(odds), Is.EqualTo(expected));

    [Test]
    public void The_odds_decided_at_are_told_as_the_round_numbers_they_are()
    {
        foreach (var (confidence, guardrails) in from c in new[] { 80, 90, 95, 98, 99 } from g in Enumerable.Range(1, 20) select (c, g))
        {
            int odds = guardrails * (100 / (100 - confidence));
            int unit = odds >= 1000 ? 100 : odds >= 100 ? 10 : 1;
            string expected = odds < 10 ? $"1 in {odds}.0" : $"1 in {odds / unit * unit:N0}";
            Assert.That(Sentence.Odds(1 / Judge.ForGuardrails(confidence, guardrails).HarmErrorRate), Is.EqualTo(expected));
        }
    }

    [TestCase(
        Verdict.Harmful,
        "canary is worse than the margin of 1.5 % of the range allows: mean 12.1 s against 9.8 s; worse by -0.4 to +3.0 % of the range; "
        + "1 in 340 if it were within it")]
    [TestCase(
        Verdict.Safe,
        "canary is within the margin of 1.5 % of the range: mean 12.1 s against 9.8 s; worse by -0.4 to +3.0 % of the range; "
        + "1 in 12 if it were worse than that")]
    [TestCase(
        Verdict.Continue,
        "not decided yet: mean 12.1 s against 9.8 s; worse by -0.4 to +3.0 % of the range; evidence of harm 1 in 340, "
        + "decided at 1 in 300; of safety 1 in 12, decided at 1 in 100")]
    [TestCase(
        Verdict.Inconclusive,
        "the data could not tell in time: mean 12.1 s against 9.8 s; worse by -0.4 to +3.0 % of the range; evidence of harm 1 in 340, "
        + "decided at 1 in 300; of safety 1 in 12, decided at 1 in 100")]
    [TestCase(Verdict.NoData, "no means of both revisions yet")]
    public void Means_are_told_in_their_own_unit(Verdict verdict, string expected)
    {
        var judgement = new Judgement(verdict, false, 345, 12.7, new Interval(-0.004, 0.03));
        Assert.That(MeanSentence.Of("12.1 s", "9.8 s", 0.015, judgement, Judge), Is.EqualTo(expected));
    }

    [TestCase(-0.0004, 0.0002, "difference -0.04 to +0.02 points")]
    [TestCase(-0.00004, 0.00002, "difference -0.004 to +0.002 points")]
    [TestCase(-0.1, 0.0004, "difference -10.0 to 0.0 points")]
    public void Narrow_intervals_are_told_with_more_digits(double low, double high, string expected) =>
        Assert.That(Sentence.Where(Criterion.Margin(0), new Interval(low, high)), Is.EqualTo(expected));

    [Test]
    public void The_counts_in_a_sentence_include_the_block_being_collected()
    {
        var evidence = Evidence.Collect(new Block(new ArmCounts(1, 7), new ArmCounts(2, 9)));
        string sentence = Sentence.Of(
            Measure.Metric("approvals"), Criterion.Margin(0.01), evidence, new Judgement(Verdict.Harmful, true, 345, 1, Where), Judge);
        Assert.That(
            sentence, Does.StartWith("canary has 4.1 points more bad by approvals: 413 of 3,007 bad by approvals against 292 of 3,019;"));
    }
}
