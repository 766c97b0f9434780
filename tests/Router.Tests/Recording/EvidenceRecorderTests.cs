using System.Text.Json;
using ModelOperator.Evidence;
using ModelOperator.Router.Recording;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Recording;

public sealed class EvidenceRecorderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task What_is_read_by_cursor_while_many_record_adds_up_to_exactly_what_was_recorded()
    {
        const int Writers = 8, Each = 50_000;
        var recorder = new EvidenceRecorder(_time);
        ModelRecorder model = recorder.Model("digits");
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(w => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                model.RecordRequest($"r{i % 3}", (RequestOutcome)(i % 5 == 0 ? 1 : i % 7 == 0 ? 2 : 0), TimeSpan.FromMicroseconds(i));
                if (i % 2 == 0)
                {
                    model.RecordFeedback($"r{i % 3}", 2, 1);
                }

                if (i % 4 == 0)
                {
                    model.RecordWarmUp($"r{i % 3}");
                }

                if (i % 5 == 0)
                {
                    model.RecordDrawn($"r{i % 3}");
                }

                if (i % 10 == 0)
                {
                    model.RecordAbandoned($"r{i % 3}", TimeSpan.FromMicroseconds(i));
                }
            }
        }))];

        var reader = new CursorReader(recorder);
        Task all = Task.WhenAll(writers);
        while (!all.IsCompleted)
        {
            Close(recorder);
            reader.Read();
            await Task.Yield();
        }

        await all;
        Close(recorder);
        reader.Read();
        reader.Read();

        int errors = Enumerable.Range(0, Each).Count(i => i % 5 != 0 && i % 7 == 0);
        Assert.Multiple(() =>
        {
            Assert.That(reader.Sum(c => c.Requests), Is.EqualTo(Writers * Each));
            Assert.That(reader.Sum(c => c.Rejections), Is.EqualTo(Writers * Each / 5));
            Assert.That(reader.Sum(c => c.Errors), Is.EqualTo(Writers * errors));
            Assert.That(reader.Sum(c => c.Latency.Sum(b => b[1])), Is.EqualTo(Writers * (Each - (Each / 5) - errors)));
            Assert.That(reader.Sum(c => c.WarmUp), Is.EqualTo(Writers * Each / 4));
            Assert.That(reader.Sum(c => c.Abandoned.Sum(b => b[1])), Is.EqualTo(Writers * Each / 10));
            Assert.That(reader.Sum(c => c.Drawn!.Value), Is.EqualTo(Writers * Each / 5));
            Assert.That(reader.Sum(c => c.Correct), Is.EqualTo(Writers * Each));
            Assert.That(reader.Sum(c => c.Incorrect), Is.EqualTo(Writers * Each / 2));
            Assert.That(reader.Sequences, Is.Ordered.And.Unique);
        });
    }

    [Test]
    public void A_closed_tick_reads_the_same_for_ever_and_an_open_one_not_at_all()
    {
        var recorder = new EvidenceRecorder(_time);
        Record(recorder);
        Assert.That(recorder.Read("digits", 1, 0).Ticks, Is.Empty);

        Close(recorder);
        EvidenceTick tick = recorder.Read("digits", 1, 0).Ticks.Single();
        Record(recorder);
        Close(recorder);

        Assert.That(tick.Revisions["a"].Requests, Is.EqualTo(1));
        Assert.That(recorder.Read("digits", 1, 0).Ticks.Select(t => t.Revisions["a"].Requests), Is.EqualTo(new[] { 1, 1 }));
        Assert.That(recorder.Read("digits", 1, tick.Sequence + 1).Ticks, Has.Count.EqualTo(1));
    }

    [Test]
    public void Ticks_carry_their_beginning_and_quiet_ones_are_left_out()
    {
        DateTimeOffset start = _time.GetUtcNow();
        var recorder = new EvidenceRecorder(_time);
        recorder.Model("digits");
        for (int i = 0; i < 5; i++)
        {
            Close(recorder);
        }

        Record(recorder);
        Close(recorder);

        EvidenceReport report = recorder.Read("digits", 4, 0);
        Assert.Multiple(() =>
        {
            Assert.That(report.TableVersion, Is.EqualTo(4));
            Assert.That(report.Next, Is.EqualTo(6));
            Assert.That(report.Ticks.Single().Sequence, Is.EqualTo(5));
            Assert.That(report.Ticks.Single().Start, Is.EqualTo(start + (5 * Second)));
        });
    }

    [Test]
    public void A_late_close_skips_numbers_so_that_they_follow_the_clock()
    {
        var recorder = new EvidenceRecorder(_time);
        Record(recorder);
        _time.Advance(TimeSpan.FromSeconds(10));
        recorder.CloseTick();

        EvidenceReport report = recorder.Read("digits", 1, 0);
        Assert.That((report.Ticks.Single().Sequence, report.Next), Is.EqualTo((0, 10)));
    }

    [Test]
    public void Ticks_are_kept_for_15_minutes_and_the_report_says_since_when()
    {
        var recorder = new EvidenceRecorder(_time);
        for (int i = 0; i < 1000; i++)
        {
            Record(recorder);
            Close(recorder);
        }

        var reader = new CursorReader(recorder);
        reader.Read();
        Assert.That((recorder.Read("digits", 1, 0).Oldest, reader.Next), Is.EqualTo((100, 1000)));
        Assert.That(reader.Sequences, Is.EqualTo(Enumerable.Range(100, 900)));
    }

    [TestCase(1, 1)]
    [TestCase(40, 2)]
    [TestCase(800, 20)]
    public void No_report_is_longer_than_the_operator_takes_and_what_has_no_room_comes_next(int latencies, int revisions)
    {
        var recorder = new EvidenceRecorder(_time);
        for (int i = 0; i < 900; i++)
        {
            if (i < 900 / revisions)
            {
                for (int j = 0; j < latencies * revisions; j++)
                {
                    recorder.Model("digits").RecordRequest(
                        $"0123456789-{j % revisions}", RequestOutcome.Success, LatencyBuckets.Bound(j / revisions));
                }
            }

            Close(recorder);
        }

        var reader = new CursorReader(recorder);
        reader.Read();

        Assert.That(reader.Longest, Is.LessThanOrEqualTo(EvidenceReport.MostBytes));
        Assert.That(reader.Sequences, Is.EqualTo(Enumerable.Range(0, 900 / revisions)));
        Assert.That(reader.Sum(c => c.Requests), Is.EqualTo(latencies * revisions * (900 / revisions)));
    }

    [Test]
    public void A_cursor_beyond_the_end_gets_nothing_and_reading_of_an_unknown_model_stores_nothing()
    {
        var recorder = new EvidenceRecorder(_time);
        Record(recorder);
        Close(recorder);
        Assert.That(recorder.Read("digits", 1, 1_000_000).Ticks, Is.Empty);
        Assert.That(recorder.Read("nope", -1, 0).Ticks, Is.Empty);
        Assert.That(recorder.HasUnacknowledgedTicks(_ => true, TimeSpan.FromMinutes(1)), Is.True);
    }

    [Test]
    public void Evidence_is_confirmed_when_the_cursor_has_passed_it_not_when_it_was_sent()
    {
        var recorder = new EvidenceRecorder(_time);
        Record(recorder);
        Close(recorder);
        Assert.That(Unconfirmed(), Is.False, "nobody reads");

        long next = recorder.Read("digits", 1, 0).Next;
        Assert.That(Unconfirmed(), Is.True, "read, but perhaps not kept");
        recorder.Read("digits", 1, next);
        Assert.That(Unconfirmed(), Is.False);

        Record(recorder);
        Close(recorder);
        Assert.That(Unconfirmed(), Is.True);
        Assert.That(recorder.HasUnacknowledgedTicks(_ => false, TimeSpan.FromMinutes(1)), Is.False, "the model is gone");
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(Unconfirmed(), Is.False, "the reader is gone");

        bool Unconfirmed() => recorder.HasUnacknowledgedTicks(_ => true, TimeSpan.FromMinutes(1));
    }

    [Test]
    public void A_model_that_is_gone_is_forgotten_once_its_ticks_have_expired()
    {
        var recorder = new EvidenceRecorder(_time);
        Record(recorder);
        Close(recorder);
        recorder.Forget(_ => false);
        Assert.That(recorder.Read("digits", -1, 0).Ticks, Has.Count.EqualTo(1));

        for (int i = 0; i < EvidenceRecorder.RetainedTicks + 2; i++)
        {
            Close(recorder);
        }

        ModelRecorder old = recorder.Model("digits");
        recorder.Forget(_ => false);
        Assert.That(recorder.Model("digits"), Is.Not.SameAs(old));
    }

    [Test]
    public void A_draw_is_reported_in_the_tick_in_which_it_was_made_whenever_its_answer_comes()
    {
        var recorder = new EvidenceRecorder(_time);
        recorder.Model("digits").RecordDrawn("a");
        Close(recorder);
        Record(recorder);
        Close(recorder);

        Assert.That(
            recorder.Read("digits", 1, 0).Ticks.Select(t => (t.Revisions["a"].Drawn, t.Revisions["a"].Requests)),
            Is.EqualTo(new (long?, long)[] { (1, 0), (0, 1) }));
    }

    private void Close(EvidenceRecorder recorder)
    {
        _time.Advance(Second);
        recorder.CloseTick();
    }

    private static void Record(EvidenceRecorder recorder) =>
        recorder.Model("digits").RecordRequest("a", RequestOutcome.Success, TimeSpan.FromMilliseconds(1));

    /// <summary>Reads as the operator does: from where the last report ended, until nothing is left.</summary>
    private sealed class CursorReader(EvidenceRecorder recorder)
    {
        private readonly List<EvidenceTick> _ticks = [];

        public long Next { get; private set; }

        /// <summary>Bytes of the longest report.</summary>
        public int Longest { get; private set; }

        public IEnumerable<long> Sequences => _ticks.Select(t => t.Sequence);

        public void Read()
        {
            EvidenceReport report;
            do
            {
                report = recorder.Read("digits", 1, Next);
                _ticks.AddRange(report.Ticks);
                Next = report.Next;
                Longest = Math.Max(Longest, JsonSerializer.SerializeToUtf8Bytes(report, EvidenceJson.Default.EvidenceReport).Length);
            }
            while (report.IsCut);
        }

        public long Sum(Func<RevisionCounts, long> count) => _ticks.SelectMany(t => t.Revisions.Values).Sum(count);
    }
}
