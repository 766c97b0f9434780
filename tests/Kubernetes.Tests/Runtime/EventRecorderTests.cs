using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EventRecorderTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeApi _api = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Test]
    public async Task An_event_says_who_what_and_why()
    {
        await using var recorder = New();
        recorder.Record(Entity("digits"), "RolledBack", "The canary is worse.", EventType.Warning, "Rollback");
        await FlushAsync(recorder);

        var written = _api.Objects("events").Single();
        Assert.That(written["regarding"]!["name"]!.GetValue<string>(), Is.EqualTo("digits"));
        Assert.That(written["regarding"]!["uid"]!.GetValue<string>(), Is.EqualTo("uid-digits"));
        Assert.That(
            new[] { "type", "reason", "action", "note", "reportingController", "reportingInstance" }
                .Select(f => written[f]!.GetValue<string>()),
            Is.EqualTo(new[] { "Warning", "RolledBack", "Rollback", "The canary is worse.", "model-operator", "pod-0" }));
        Assert.That(written["eventTime"]!.GetValue<string>(), Is.EqualTo("2030-01-01T00:00:00.000000Z"));
        Assert.That(written["series"], Is.Null);
    }

    [Test]
    public async Task The_same_event_again_is_counted_in_a_series_and_another_message_is_another_event()
    {
        await using var recorder = New();
        for (var i = 0; i < 50; i++)
        {
            recorder.Record(Entity("digits"), "Progressing", "Weight 5.", EventType.Normal, "Step");
        }

        recorder.Record(Entity("digits"), "Progressing", "Weight 25.", EventType.Normal, "Step");
        await FlushAsync(recorder);

        Assert.That(Series().Order(), Is.EqualTo(new[] { ("Weight 25.", 1), ("Weight 5.", 50) }));
        Assert.That(_api.Calls.Count(c => c == "create events"), Is.EqualTo(2));
        Assert.That(_api.Calls.Count(c => c == "patch events"), Is.InRange(1, 3));
    }

    [Test]
    public async Task An_event_in_a_namespace_that_is_being_deleted_is_dropped_without_a_word_and_not_tried_again()
    {
        _api.Before = (_, _) => throw new KubernetesException(HttpStatusCode.Forbidden, "Forbidden", "terminating")
        {
            IsNamespaceTerminating = true,
        };
        var log = new RecordingLogger<EventRecorder>();
        await using var recorder = New(logger: log);
        recorder.Record(Entity("digits"), "Progressing", "Weight 5.", EventType.Normal, "Step");
        await FlushAsync(recorder);

        Assert.That(_api.Calls, Has.Count.EqualTo(1));
        Assert.That(log.Written, Is.Empty);
    }

    [Test]
    public async Task After_a_quiet_time_the_same_event_is_a_new_one()
    {
        await using var recorder = New();
        recorder.Record(Entity("digits"), "Progressing", "Weight 5.", EventType.Normal, "Step");
        await Eventually.TrueAsync(() => _api.Objects("events").Any(), "the first is written");
        _time.Advance(TimeSpan.FromMinutes(7));
        recorder.Record(Entity("digits"), "Progressing", "Weight 5.", EventType.Normal, "Step");
        await FlushAsync(recorder);

        Assert.That(Series(), Is.EqualTo(new[] { ("Weight 5.", 1), ("Weight 5.", 1) }));
    }

    [Test]
    public async Task A_series_whose_event_expired_on_the_server_begins_anew()
    {
        await using var recorder = New();
        recorder.Record(Entity("digits"), "Progressing", "Weight 5.", EventType.Normal, "Step");
        await Eventually.TrueAsync(() => _api.Objects("events").Any(), "the first is written");
        _api.Remove("events");
        recorder.Record(Entity("digits"), "Progressing", "Weight 5.", EventType.Normal, "Step");
        await Eventually.TrueAsync(() => _api.Calls.Contains("patch events"), "the series is tried");
        await Task.Delay(20);
        recorder.Record(Entity("digits"), "Progressing", "Weight 5.", EventType.Normal, "Step");
        await FlushAsync(recorder);

        Assert.That(Series(), Is.EqualTo(new[] { ("Weight 5.", 1) }));
    }

    [Test]
    public async Task An_object_with_too_many_events_loses_the_rest_and_other_objects_do_not()
    {
        await using var recorder = New(o => o with { Burst = 5 });
        for (var i = 0; i < 20; i++)
        {
            recorder.Record(Entity("noisy"), "Noise", $"Noise {i}.", EventType.Normal, "Noise");
        }

        recorder.Record(Entity("quiet"), "News", "News.", EventType.Normal, "News");
        await FlushAsync(recorder);

        Assert.That(
            Series().Select(s => s.Note[..4]).CountBy(n => n).ToDictionary(),
            Is.EqualTo(new Dictionary<string, int> { ["Nois"] = 5, ["News"] = 1 }));
    }

    [Test]
    public async Task A_server_that_hangs_blocks_nobody_and_costs_what_does_not_fit()
    {
        var release = new TaskCompletionSource();
        _api.Before = (_, _) => release.Task;
        await using var recorder = New(o => o with { Capacity = 10, Burst = 1000 });

        for (var i = 0; i < 100; i++)
        {
            recorder.Record(Entity("digits"), "News", $"News {i}.", EventType.Normal, "News");
        }

        release.SetResult();
        await FlushAsync(recorder);
        Assert.That(Series(), Has.Count.InRange(10, 11));
    }

    [Test]
    public async Task The_flush_at_the_stop_ends_when_its_time_is_over()
    {
        _api.Before = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        await using var recorder = New();
        recorder.Record(Entity("digits"), "News", "News.", EventType.Normal, "News");
        using var flush = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
        var flushing = recorder.FlushAsync(flush.Token);
        Assert.That(flushing.IsCompleted, Is.False);

        _time.Advance(TimeSpan.FromSeconds(2));

        await flushing;
    }

    [Test]
    public async Task A_busy_server_is_tried_again_and_a_refusal_is_not()
    {
        var attempts = 0;
        _api.Before = (_, _) => ++attempts switch
        {
            1 => throw new KubernetesException(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", "busy"),
            3 => throw new KubernetesException(HttpStatusCode.Forbidden, "Forbidden", "no"),
            _ => Task.CompletedTask,
        };
        await using var recorder = New();
        recorder.Record(Entity("digits"), "First", "First.", EventType.Normal, "First");
        await _time.AdvanceUntilAsync(() => Volatile.Read(ref attempts) == 2, TimeSpan.FromMilliseconds(500));
        recorder.Record(Entity("digits"), "Second", "Second.", EventType.Normal, "Second");
        recorder.Record(Entity("digits"), "Third", "Third.", EventType.Normal, "Third");
        await FlushAsync(recorder);

        Assert.That(Series().Select(s => s.Note).Order(), Is.EqualTo(new[] { "First.", "Third." }));
        Assert.That(attempts, Is.EqualTo(4));
    }

    [FsCheck.NUnit.Property]
    public bool A_note_of_any_length_fits_and_keeps_whole_characters(FsCheck.NonNull<string> text, byte times)
    {
        var message = string.Concat(Enumerable.Repeat(text.Get + "é€😀", times));
        var note = EventText.Note(message);
        return Encoding.UTF8.GetByteCount(note) <= 1024 && (note == message || note.EndsWith("...", StringComparison.Ordinal));
    }

    [Test]
    public void A_long_name_still_makes_a_valid_event_name()
    {
        var name = EventText.Name(new string('a', 250) + ".b", _time.GetUtcNow());

        Assert.That(name, Has.Length.LessThanOrEqualTo(253).And.Match("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$").And.Not.Contain(".."));
    }

    public void Dispose() => _services.Dispose();

    private EventRecorder New(Func<EventRecorderOptions, EventRecorderOptions>? configure = null, ILogger<EventRecorder>? logger = null)
    {
        var options = new EventRecorderOptions { Controller = "model-operator", Instance = "pod-0" };
        return new(
            _api, configure?.Invoke(options) ?? options, _time, new(_services.GetRequiredService<IMeterFactory>()),
            logger ?? NullLogger<EventRecorder>.Instance);
    }

    private static KubernetesObject Entity(string name) => new()
    {
        ApiVersion = "modeloperator.io/v1alpha1",
        Kind = "ModelDeployment",
        Metadata = { Namespace = "ns", Name = name, Uid = $"uid-{name}" },
    };

    private static async Task FlushAsync(EventRecorder recorder)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await recorder.FlushAsync(limit.Token);
        Assert.That(limit.IsCancellationRequested, Is.False);
    }

    private List<(string Note, int Count)> Series() =>
        [.. _api.Objects("events").Select(e => (e["note"]!.GetValue<string>(), Count(e["series"])))];

    private static int Count(JsonNode? series) => series?["count"]!.GetValue<int>() ?? 1;
}
