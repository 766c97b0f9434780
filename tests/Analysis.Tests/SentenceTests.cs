namespace ModelOperator.Analysis.Tests;

public class SentenceTests
{
    private static readonly Judge Judge = Judge.ForGuardrails(99, 3);

    private static readonly Interval Where = new(0.02, 0.062);

    private static readonly GuardrailEvidence Evidence = new() { Closed = new Block(new ArmCounts(412, 3000), new ArmCounts(290, 3010)) };

    [Test]
    public void Harm_is_told_with_the_difference_the_counts_and_the_odds()
    {
        string sentence = Sentence.Of(Measure.Accuracy, Criterion.Margin(0.02), Evidence, new Judgement(Verdict.Harmful, true, 8345, 1, Where), Judge);
        Assert.That(
            sentence,
            Is.EqualTo("canary answers 4.1 points fewer right: 412 of 3,000 wrong against 290 of 3,010; difference +2.0 to +6.2 points; 1 in 8,300 if it were within the margin of 2 points"));
    }

    [Test]
    public void Safety_is_told_with_the_counts_and_the_odds()
    {
        string sentence = Sentence.Of(Measure.ErrorRate, Criterion.Margin(0.01), Evidence, new Judgement(Verdict.Safe, false, 1, 1e12, Where), Judge);
        Assert.That(
            sentence,
            Is.EqualTo("canary is within the margin of 1 point: 412 of 3,000 failed against 290 of 3,010; difference +2.0 to +6.2 points; less than 1 in 1,000,000,000 if it were worse than that"));
    }

    [Test]
    public void What_is_open_is_told_with_how_far_it_is()
    {
        string sentence = Sentence.Of(Measure.Latency("12.3 ms"), Criterion.Margin(0.05), Evidence, new Judgement(Verdict.Continue, false, 1, 14.04, Where), Judge);
        Assert.That(
            sentence,
            Is.EqualTo("not decided yet: 412 of 3,000 slower than 12.3 ms against 290 of 3,010; difference +2.0 to +6.2 points; evidence of harm 1 in 1.0, decided at 1 in 300; of safety 1 in 14, decided at 1 in 100"));
    }

    [Test]
    public void Missing_data_is_told_with_whose_it_is()
    {
        var evidence = new GuardrailEvidence { Closed = new Block(default, new ArmCounts(1, 5)) };
        string sentence = Sentence.Of(Measure.Accuracy, Criterion.Margin(0.02), evidence, Judge.Of(evidence, Criterion.Margin(0.02)), Judge);
        Assert.That(sentence, Is.EqualTo("no answers with a known truth of the canary yet"));
    }
}
