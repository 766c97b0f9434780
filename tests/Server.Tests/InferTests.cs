using System.Net;
using System.Text.Json;

namespace ModelOperator.Server.Tests;

public sealed class InferTests
{
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.DigitsAsync(o => o with { MaxBodyBytes = 1024 * 1024 });

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Test]
    public async Task The_held_out_digits_are_recognised_one_by_one_and_in_batches_alike()
    {
        int[] batch = Digits.Labels((await _server.InferAsync(Digits.Request(0, 100))).Body);
        int right = 0;
        for (int i = 0; i < 100; i++)
        {
            (HttpStatusCode status, JsonElement body, _) = await _server.InferAsync(Digits.Request(i));
            Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(Digits.Labels(body), Is.EqualTo([batch[i]]));
            right += batch[i] == Digits.All[i].Label ? 1 : 0;
        }

        Assert.That(right, Is.GreaterThanOrEqualTo(90));
    }

    [Test]
    public async Task The_answer_names_model_version_and_request_and_holds_all_outputs()
    {
        (_, JsonElement body, HttpResponseMessage response) = await _server.InferAsync(Digits.Request(0, 2, "my request"));

        Assert.That(body.GetProperty("model_name").GetString(), Is.EqualTo("digits"));
        Assert.That(body.GetProperty("model_version").GetString(), Is.EqualTo("1"));
        Assert.That(body.GetProperty("id").GetString(), Is.EqualTo("my request"));
        JsonElement[] outputs = [.. body.GetProperty("outputs").EnumerateArray()];
        Assert.That(outputs.Select(o => o.GetProperty("name").GetString()), Is.EqualTo(["label", "probabilities"]));
        Assert.That(outputs[1].GetProperty("datatype").GetString(), Is.EqualTo("FP32"));
        Assert.That(outputs[1].GetProperty("shape").GetRawText(), Is.EqualTo("[2,10]"));
        Assert.That(outputs[1].GetProperty("data").EnumerateArray().Take(10).Sum(e => e.GetDouble()), Is.EqualTo(1).Within(1e-5));
        Assert.That(response.Content.Headers.ContentLength, Is.GreaterThan(0));
    }

    [Test]
    public async Task Only_the_outputs_asked_for_come_back()
    {
        (_, JsonElement body, _) = await _server.InferAsync(Digits.Request(0, extra: ""","outputs":[{"name":"probabilities"}]"""));

        Assert.That(
            body.GetProperty("outputs").EnumerateArray().Select(o => o.GetProperty("name").GetString()),
            Is.EqualTo(["probabilities"]));
    }

    [Test]
    public async Task A_request_without_an_id_gets_one_as_a_header()
    {
        (_, JsonElement body, HttpResponseMessage response) = await _server.InferAsync(Digits.Request(0));

        Assert.That(body.TryGetProperty("id", out _), Is.False);
        Assert.That(response.Headers.GetValues("x-request-id").Single(), Has.Length.EqualTo(32));
    }

    [TestCase("[1,63]", "[1]", "input 'image': shape [1, 63] needs 63 values, data has 1")]
    [TestCase("[2]", "[1,2]", "input 'image': shape is [2], the model takes [batch, 64], where a name stands for any length")]
    public async Task Wrong_shapes_are_refused_with_the_shape_that_is_right(string shape, string data, string error)
    {
        (HttpStatusCode status, JsonElement body, _) = await _server.InferAsync(
            $$"""{"inputs":[{"name":"image","shape":{{shape}},"datatype":"FP32","data":{{data}}}]}""");

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(body.GetProperty("error").GetString(), Is.EqualTo(error));
    }

    [TestCase("""{"inputs":[]}""", "input 'image' is missing: the model takes it as FP32 of shape [batch, 64]")]
    [TestCase(
        """{"inputs":[{"name":"img","shape":[1],"datatype":"FP32","data":[1]}]}""",
        "input 'img' is not an input of the model, which takes 'image' (FP32 [batch, 64])")]
    [TestCase(
        """{"inputs":[{"name":"image","shape":[1],"datatype":"FP64","data":[1]}]}""",
        "input 'image': datatype is FP64, the model takes FP32")]
    [TestCase("not json", "the body is not valid JSON")]
    [TestCase("{", "the body is not valid JSON")]
    [TestCase("[]", "the body must be a JSON object, not a list")]
    public async Task Wrong_requests_are_refused_with_what_is_right(string json, string error)
    {
        (HttpStatusCode status, JsonElement body, _) = await _server.InferAsync(json);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(body.GetProperty("error").GetString(), Does.StartWith(error));
    }

    [Test]
    public async Task An_input_given_twice_and_outputs_that_are_not_there_are_refused()
    {
        string image = $$"""{"name":"image","shape":[1,64],"datatype":"FP32","data":[{{string.Join(',', new int[64])}}]}""";
        (_, JsonElement twice, _) = await _server.InferAsync($$"""{"inputs":[{{image}},{{image}}]}""");
        (_, JsonElement unknown, _) = await _server.InferAsync(Digits.Request(0, extra: ""","outputs":[{"name":"x"}]"""));
        (_, JsonElement repeated, _) =
            await _server.InferAsync(Digits.Request(0, extra: ""","outputs":[{"name":"label"},{"name":"label"}]"""));

        Assert.That(twice.GetProperty("error").GetString(), Is.EqualTo("input 'image' is given twice"));
        Assert.That(
            unknown.GetProperty("error").GetString(),
            Is.EqualTo("output 'x' is not an output of the model, which has 'label' (INT64 [batch]), 'probabilities' (FP32 [batch, 10])"));
        Assert.That(repeated.GetProperty("error").GetString(), Is.EqualTo("output 'label' is asked for twice"));
    }

    [TestCase(
        "v2/models/other/infer", HttpStatusCode.NotFound, "Request for unknown model: 'other' is not found, this server has 'digits'")]
    [TestCase(
        "v2/models/digits/versions/7/infer", HttpStatusCode.NotFound,
        "Request for unknown model: 'digits' version '7' is not found, this server has '1'")]
    [TestCase(
        "v2/models/other/feedback", HttpStatusCode.NotFound, "Request for unknown model: 'other' is not found, this server has 'digits'")]
    [TestCase("v2/nothing", HttpStatusCode.NotFound, "there is nothing at /v2/nothing")]
    [TestCase("v2/health/live", HttpStatusCode.MethodNotAllowed, "POST is not for /v2/health/live")]
    public async Task Wrong_paths_are_refused_with_the_protocols_error(string path, HttpStatusCode status, string error)
    {
        (HttpStatusCode actual, JsonElement body, _) = await _server.PostAsync(path, Digits.Request(0));

        Assert.That(actual, Is.EqualTo(status));
        Assert.That(body.GetProperty("error").GetString(), Is.EqualTo(error));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Bodies_over_the_limit_are_refused(bool sized)
    {
        using HttpRequestMessage request =
            new(HttpMethod.Post, "v2/models/digits/infer") { Content = new ByteArrayContent(new byte[1024 * 1024 + 1]) };
        request.Headers.TransferEncodingChunked = sized ? null : true;
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage response = await _server.Client.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("\"error\""));
    }

    [Test]
    public async Task Metadata_and_health_are_those_of_the_protocol()
    {
        JsonElement server = JsonDocument.Parse(await _server.Client.GetStringAsync("v2")).RootElement;
        JsonElement model = JsonDocument.Parse(await _server.Client.GetStringAsync("v2/models/digits/versions/1")).RootElement;

        Assert.That(server.GetProperty("name").GetString(), Is.EqualTo("model-operator-inference-runtime"));
        Assert.That(model.GetProperty("platform").GetString(), Is.EqualTo("onnxruntime_onnx"));
        Assert.That(model.GetProperty("inputs").GetRawText(), Is.EqualTo("""[{"name":"image","datatype":"FP32","shape":[-1,64]}]"""));
    }

    [TestCase("v2/health/live", """{"live":true}""")]
    [TestCase("v2/health/ready", """{"ready":true}""")]
    [TestCase("v2/models/digits/ready", """{"name":"digits","ready":true}""")]
    [TestCase("v2/models/digits/versions/1/ready", """{"name":"digits","ready":true}""")]
    public async Task Health_has_the_body_that_KServes_client_parses(string path, string body)
    {
        using HttpResponseMessage response = await _server.Client.GetAsync(path);

        Assert.That(
            (response.StatusCode, response.Content.Headers.ContentType?.MediaType),
            Is.EqualTo((HttpStatusCode.OK, "application/json")));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(body));
    }

    [Test]
    public async Task Requests_at_once_get_their_own_answers()
    {
        int[] expected = Digits.Labels((await _server.InferAsync(Digits.Request(0, 50))).Body);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 500),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (i, cancellationToken) =>
            {
                (HttpStatusCode status, JsonElement body, _) = await _server.InferAsync(Digits.Request(i % 50, id: $"parallel-{i}"));
                Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
                Assert.That(body.GetProperty("id").GetString(), Is.EqualTo($"parallel-{i}"));
                Assert.That(Digits.Labels(body), Is.EqualTo([expected[i % 50]]));
            });
    }
}
