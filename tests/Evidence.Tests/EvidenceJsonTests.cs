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
                    Revisions = new() { ["0123456789"] = new RevisionCounts { Requests = 4, Errors = 1, Rejections = 1, WarmUp = 3, Latency = [[17, 2]], Abandoned = [[600, 4]], Correct = 1, Incorrect = 2 } },
                },
            ],
        };

        string json = JsonSerializer.Serialize(report, EvidenceJson.Default.EvidenceReport);
        EvidenceReport read = JsonSerializer.Deserialize(json, EvidenceJson.Default.EvidenceReport)!;

        Assert.That(JsonSerializer.Serialize(read, EvidenceJson.Default.EvidenceReport), Is.EqualTo(json));
        Assert.That(json, Does.Contain("\"tableVersion\":7").And.Contain("\"latency\":[[17,2]],\"abandoned\":[[600,4]]").And.Contain("\"start\":\"2026-01-02T03:04:05+00:00\""));
    }

    [Test]
    public void A_report_without_its_cursor_is_refused() => Assert.That(
        () => JsonSerializer.Deserialize("""{"instance":"a","tableVersion":1,"oldest":0,"ticks":[]}""", EvidenceJson.Default.EvidenceReport),
        Throws.TypeOf<JsonException>().With.Message.Contains("next"));
}
