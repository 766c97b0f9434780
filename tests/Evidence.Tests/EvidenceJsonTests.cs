using System.Text.Json;

namespace ModelOperator.Evidence.Tests;

public sealed class EvidenceJsonTests
{
    [Test]
    public void A_report_reads_back_as_it_was_written()
    {
        var report = new EvidenceReport
        {
            Instance = "a",
            TableVersion = 7,
            Oldest = 3,
            Next = 12,
            Ticks =
            [
                new EvidenceTick
                {
                    Sequence = 5,
                    Start = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
                    Revisions = new()
                    {
                        ["0123456789"] = new RevisionCounts
                        {
                            Requests = 4,
                            Errors = 1,
                            Rejections = 1,
                            WarmUp = 3,
                            Latency = [[17, 2]],
                            Abandoned = [[600, 4]],
                            Drawn = 9,
                            Correct = 1,
                            Incorrect = 2,
                        },
                    },
                },
            ],
        };

        string json = JsonSerializer.Serialize(report, EvidenceJson.Default.EvidenceReport);
        EvidenceReport read = JsonSerializer.Deserialize(json, EvidenceJson.Default.EvidenceReport)!;

        Assert.That(JsonSerializer.Serialize(read, EvidenceJson.Default.EvidenceReport), Is.EqualTo(json));
        Assert.That(
            json,
            Does.Contain("\"tableVersion\":7")
                .And.Contain("\"latency\":[[17,2]],\"abandoned\":[[600,4]]")
                .And.Contain("\"start\":\"2026-01-02T03:04:05+00:00\""));
    }

    [Test]
    public void The_report_of_a_router_of_another_version_is_read_whatever_it_has_more_or_less()
    {
        EvidenceReport newer = JsonSerializer.Deserialize(
            """
            {"future":{"kind":"Dream"},"instance":"a","tableVersion":7,"oldest":3,"next":12,"ticks":[
              {"sequence":5,"start":"2026-01-02T03:04:05Z","mode":"Ponder",
              "revisions":{"0123456789":{"requests":4,"kind":"Shadow","byPod":{"x":1},"latency":[[17,2]]}}}]}
            """,
            EvidenceJson.Default.EvidenceReport)!;
        EvidenceReport older = JsonSerializer.Deserialize(
            """{"instance":"a","tableVersion":7,"oldest":3,"next":12,"ticks":[{"sequence":5,"start":"2026-01-02T03:04:05Z","revisions":"""
            + """{"0123456789":{}}}]}""",
            EvidenceJson.Default.EvidenceReport)!;

        Assert.That((newer.Next, newer.Ticks[0].Revisions["0123456789"].Requests), Is.EqualTo((12L, 4L)));
        Assert.That(older.Ticks[0].Revisions["0123456789"].Requests, Is.Zero);
        Assert.That(older.Ticks[0].Revisions["0123456789"].Drawn, Is.Null, "it does not count them: not the same as none");
    }

    [Test]
    public void A_report_without_its_cursor_is_refused() => Assert.That(
        () => JsonSerializer.Deserialize(
            """{"instance":"a","tableVersion":1,"oldest":0,"ticks":[]}""", EvidenceJson.Default.EvidenceReport),
        Throws.TypeOf<JsonException>().With.Message.Contains("next"));
}
