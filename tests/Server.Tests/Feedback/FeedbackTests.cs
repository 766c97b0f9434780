using System.Net;
using System.Text.Json;

namespace ModelOperator.Server.Tests;

public sealed class FeedbackTests
{
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.DigitsAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Test]
    public async Task Truth_is_counted_once_however_often_it_comes()
    {
        int label = Digits.Labels((await _server.InferAsync(Digits.Request(0, id: "once"))).Body)[0];

        (HttpStatusCode status, JsonElement first, _) = await _server.FeedbackAsync("once", label.ToString());
        (_, JsonElement again, _) = await _server.FeedbackAsync("once", "\"something else\"");

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(first.GetRawText(), Is.EqualTo("""{"id":"once","model_name":"digits","correct":1,"incorrect":0,"duplicate":false}"""));
        Assert.That(again.GetRawText(), Is.EqualTo("""{"id":"once","model_name":"digits","correct":1,"incorrect":0,"duplicate":true}"""));
    }

    [Test]
    public async Task Truth_of_a_batch_counts_each_row_also_when_the_labels_were_not_asked_for()
    {
        string request = Digits.Request(0, 3, "batch", ""","outputs":[{"name":"probabilities"}]""");
        int[] labels = Digits.Labels((await _server.InferAsync(Digits.Request(0, 3))).Body);
        await _server.InferAsync(request);

        (HttpStatusCode few, JsonElement error, _) = await _server.FeedbackAsync("batch", "[1]");
        (_, JsonElement body, _) = await _server.FeedbackAsync("batch", $"[{labels[0]},\"{labels[1]}\",{(labels[2] + 1) % 10}]");

        Assert.That(few, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            error.GetProperty("error").GetString(),
            Is.EqualTo("truth has 1 values, but request 'batch' got 3 predictions; they must be as many"));
        Assert.That((body.GetProperty("correct").GetInt32(), body.GetProperty("incorrect").GetInt32()), Is.EqualTo((2, 1)));
    }

    [TestCase(1, "", null)]
    [TestCase(3, "", "3")]
    [TestCase(3, ""","outputs":[{"name":"probabilities"}]""", "3")]
    public async Task An_answer_says_how_many_predictions_it_has_if_it_is_not_one(int rows, string extra, string? said)
    {
        (_, _, HttpResponseMessage response) = await _server.InferAsync(Digits.Request(0, rows, extra: extra));

        Assert.That(
            response.Headers.TryGetValues("x-model-predictions", out IEnumerable<string>? values) ? values.Single() : null,
            Is.EqualTo(said));
    }

    [Test]
    public async Task A_pod_whose_keys_are_not_there_yet_answers_and_takes_no_feedback()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using TestServer server = await TestServer.DigitsAsync(o => o with { FeedbackCallers = new(file, "digits-1") });

        (HttpStatusCode answered, _, _) = await server.InferAsync(Digits.Request(0, id: "early"));
        (HttpStatusCode status, JsonElement body, _) = await server.FeedbackAsync("early", "1");

        Assert.That((answered, status), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.Unauthorized)));
        Assert.That(body.GetProperty("error").GetString(), Does.Contain("send it to the model's Service"));
    }

    [Test]
    public async Task The_header_is_the_key_before_the_id_in_the_body_and_a_made_up_id_works_too()
    {
        await _server.InferAsync(Digits.Request(0, id: "body"), ("x-request-id", "header"));
        (_, _, HttpResponseMessage response) = await _server.InferAsync(Digits.Request(0));
        string made = response.Headers.GetValues("x-request-id").Single();

        Assert.That((await _server.FeedbackAsync("header", "1")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await _server.FeedbackAsync("body", "1")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await _server.FeedbackAsync(made, "1")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Truth_for_a_request_that_is_not_known_is_a_404_and_wrong_feedback_a_400()
    {
        (HttpStatusCode unknown, JsonElement body, _) = await _server.FeedbackAsync("never", "1");
        (HttpStatusCode wrong, _, _) = await _server.FeedbackAsync("never", "{}");

        Assert.That(unknown, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(
            body.GetProperty("error").GetString(),
            Is.EqualTo("request 'never' is not known here: it was never answered, or too long ago"));
        Assert.That(wrong, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Feedback_from_many_at_once_is_counted_once()
    {
        await _server.InferAsync(Digits.Request(0, id: "race"));

        bool[] duplicates = await Task.WhenAll(Enumerable.Range(0, 32).Select(
            async _ => (await _server.FeedbackAsync("race", "1")).Body.GetProperty("duplicate").GetBoolean()));
        Assert.That(duplicates.Count(d => !d), Is.EqualTo(1));
    }

    [Test]
    public async Task Requests_that_are_computed_together_are_judged_each_by_its_own_rows()
    {
        await using TestServer server = await TestServer.DigitsAsync(o => o with
        {
            Execution = o.Execution with
            {
                Instances = 1,
                Batching = new() { MaxBatchSize = 16, MaxQueueDelay = TimeSpan.FromMilliseconds(5) },
            },
        });

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => server.InferAsync(Digits.Request(i, 1 + (i % 3), $"r{i}"))));
        int[][] labels = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(async i => Digits.Labels((await _server.InferAsync(Digits.Request(i, 1 + (i % 3)))).Body)));
        JsonElement[] judged = await Task.WhenAll(
            labels.Select(async (row, i) => (await server.FeedbackAsync($"r{i}", $"[{string.Join(',', row)}]")).Body));

        Assert.That(judged.Select((body, i) => body.GetProperty("correct").GetInt32() == labels[i].Length), Has.All.True);
    }

    [Test]
    public async Task Who_gives_feedback_may_say_what_was_right_instead_of_the_truth()
    {
        await _server.InferAsync(Digits.Request(0, 3, "rows"));
        await _server.InferAsync(Digits.Request(0, 3, "whole"));
        await _server.InferAsync(Digits.Request(0, id: "reward"));

        (HttpStatusCode few, JsonElement error, _) = await _server.OutcomeAsync("rows", "\"correct\":[true]");
        (_, JsonElement rows, _) = await _server.OutcomeAsync("rows", "\"correct\":[true,false,true]");
        (_, JsonElement again, _) = await _server.FeedbackAsync("rows", "[1,2,3]");
        (_, JsonElement whole, _) = await _server.OutcomeAsync("whole", "\"correct\":false");
        (_, JsonElement reward, _) = await _server.OutcomeAsync("reward", "\"reward\":1");

        Assert.That(few, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            error.GetProperty("error").GetString(),
            Is.EqualTo("the feedback has 1 outcomes, but request 'rows' got 3 predictions; they must be as many"));
        Assert.That(rows.GetRawText(), Is.EqualTo("""{"id":"rows","model_name":"digits","correct":2,"incorrect":1,"duplicate":false}"""));
        Assert.That(again.GetRawText(), Is.EqualTo("""{"id":"rows","model_name":"digits","correct":2,"incorrect":1,"duplicate":true}"""));
        Assert.That((whole.GetProperty("correct").GetInt32(), whole.GetProperty("incorrect").GetInt32()), Is.EqualTo((0, 1)));
        Assert.That(reward.GetProperty("correct").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task Feedback_that_names_its_revision_is_the_routers_to_count()
    {
        (HttpStatusCode status, JsonElement body, _) = await _server.OutcomeAsync("a", "\"revision\":\"0123456789\",\"correct\":true");

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(body.GetProperty("error").GetString(), Does.Contain("counted by the router"));
    }
}
