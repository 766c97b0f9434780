using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Analysis.Tests;

public class GuardrailEvidenceJsonTests
{
    [Test]
    public void Every_bit_of_the_state_survives()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var evidence = GuardrailEvidenceTests.Play(0.07, 0.05, 0.01, 40, 13, 87, new Random(seed))
                .Collect(new Block(new ArmCounts(1, 3), new ArmCounts(0, 9)));
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
        for (int i = 0; i < 40; i++)
        {
            target = target.Learn(Enumerable.Range(0, 815).Select(bucket => (bucket, (long)random.Next(1, 1_000_000)))).Settle();
        }

        // Digits are as long as numbers get, once there are many blocks and both rates move.
        var stream = new TrafficStream(new Scenario("own") { OwnWobble = 0.3 }, 200, 0.1, 1);
        var evidence = stream.Before()
            .Aggregate(new GuardrailEvidence(), (e, counts) => e.Collect(new Block(default, counts)).CloseStableBlock());
        evidence = Enumerable.Range(0, 2000).Aggregate(evidence, (e, _) => e.Collect(stream.Next()).CloseBlock(Criterion.Margin(0)));
        var most = new ArmCounts(123_456_789_012_345, 999_999_999_999_999);
        evidence = evidence with
        {
            Settings = "Latency/100/100/1000000",
            Latency = target,
            Closed = new Block(most, most),
            Pending = new Block(most, most),
        };
        Assert.That(GuardrailEvidenceJson.Write(evidence), Has.Length.LessThan(4096));
    }

    /// <summary>
    /// The texts no histogram has: no base64, a number that does not end, a count of none, one too large, a bucket too far.
    /// </summary>
    [TestCase("%%%")]
    [TestCase("gA==")]
    [TestCase("AA==")]
    [TestCase("AQA=")]
    [TestCase("gICAgIB/")]
    [TestCase("wrgC")]
    [TestCase("A4AI")]
    public void A_histogram_that_is_none_is_refused(string text)
    {
        var evidence = new GuardrailEvidence { Latency = LatencyTarget.Following(0.95).Learn([(3, 7), (4, 1), (900, 2)]) };
        string state = GuardrailEvidenceJson.Write(evidence);
        Assert.That(GuardrailEvidenceJson.Read(state), Is.Not.Null);
        Assert.That(GuardrailEvidenceJson.Read(JsonLeaves.Replace(state, "latency.stable", $"\"{text}\"")), Is.Null);
    }

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 200)]
    public Property Any_histogram_survives() => Prop.ForAll(
        (from bucket in Gen.Choose(-5, 1100) from count in Gen.Choose(0, 3000) select (bucket, (long)count)).ListOf().ToArbitrary(),
        latencies =>
        {
            var histogram = LatencyHistogram.Empty.Add(latencies);
            var evidence = new GuardrailEvidence { Latency = LatencyTarget.Following(0.95) with { Stable = histogram } };
            return GuardrailEvidenceJson.Read(GuardrailEvidenceJson.Write(evidence))!.Latency!.Stable!.Counts.SequenceEqual(
                histogram.Counts);
        });

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("null")]
    public void Text_that_is_no_state_reads_as_none(string text)
    {
        Assert.That(GuardrailEvidenceJson.Read(text), Is.Null);
    }
}
