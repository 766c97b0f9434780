namespace ModelOperator.Analysis.Tests;

public class GuardrailEvidenceJsonTests
{
    [Test]
    public void Every_bit_of_the_state_survives()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var evidence = GuardrailEvidenceTests.Play(0.07, 0.05, 0.01, 40, 13, 87, new Random(seed)).Collect(new Block(new ArmCounts(1, 3), new ArmCounts(0, 9)));
            var read = GuardrailEvidenceJson.Read(GuardrailEvidenceJson.Write(evidence));
            Assert.That(read, Is.EqualTo(evidence));
        }
    }

    [Test]
    public void A_latency_target_survives_with_what_it_learnt()
    {
        var random = new Random(7);
        var target = LatencyTarget.Following(0.95).Learn(Enumerable.Range(0, 2000).Select(_ => (random.Next(815), 1L))).Settle();
        var evidence = new GuardrailEvidence { Settings = "Latency/5/95", Latency = target };
        string text = GuardrailEvidenceJson.Write(evidence);
        var read = GuardrailEvidenceJson.Read(text)!;
        Assert.Multiple(() =>
        {
            Assert.That(read.Latency!.Bucket, Is.EqualTo(target.Bucket));
            Assert.That(read.Latency.Stable!.Counts, Is.EqualTo(target.Stable!.Counts));
            Assert.That(GuardrailEvidenceJson.Write(read), Is.EqualTo(text));
        });
    }

    [Test]
    public void The_state_stays_under_four_kilobytes_whatever_happens()
    {
        var random = new Random(8);
        var target = LatencyTarget.Following(0.95);
        for (int i = 0; i < 200; i++)
        {
            target = target.Learn(Enumerable.Range(0, 815).Select(bucket => (bucket, (long)random.Next(1, 1_000_000)))).Settle();
        }

        var evidence = GuardrailEvidenceTests.Play(0.07, 0.05, 0.01, 40, 13, 87, random) with { Settings = "Latency/5/95/", Latency = target };
        Assert.That(GuardrailEvidenceJson.Write(evidence), Has.Length.LessThan(4096));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("""{"latency":{"stable":"%%%"}}""")]
    [TestCase("""{"latency":{"stable":"gA=="}}""")]
    [TestCase("""{"latency":{"stable":"AQA="}}""")]
    [TestCase("""{"latency":{"stable":"gICAgIB/AQ=="}}""")]
    public void Text_that_is_no_state_reads_as_none(string text)
    {
        Assert.That(GuardrailEvidenceJson.Read(text), Is.Null);
    }
}
