using System.Web;
using ModelOperator.Controller.Sources;

namespace ModelOperator.Controller.Tests.Sources;

[Parallelizable(ParallelScope.All)]
public sealed class PrometheusClientTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_500);

    [Test]
    public async Task An_instant_query_gives_one_number()
    {
        await using SourceServer server = await SourceServer.AnsweringAsync(Vector("""{"metric":{},"value":[1790000000.5,"41.5"]}"""));

        Assert.That(await QueryAsync($"{server.Address}/prometheus/"), Is.EqualTo(41.5));
        (string method, string path, string? type, string body) = server.Requests.Single();
        Assert.That((method, path, type), Is.EqualTo(("POST", "/prometheus/api/v1/query", "application/x-www-form-urlencoded")));
        var form = HttpUtility.ParseQueryString(body);
        Assert.That(
            (form["query"], form["time"], form["timeout"]),
            Is.EqualTo(("sum(bad{revision=\"a\"} + 1)", "1790000000.500", "2000ms")));
    }

    [TestCase("""{"status":"success","data":{"resultType":"scalar","result":[1790000000.5,"1e3"]}}""", ExpectedResult = 1000)]
    [TestCase(
        """{"status":"success","warnings":[],"infos":["metric might not be a counter"]"""
        + ""","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"-0.25"]}]}}""",
        ExpectedResult = -0.25)]
    public async Task<double> A_scalar_is_as_good_and_what_is_beside_the_number_does_not_matter(string body)
    {
        await using SourceServer server = await SourceServer.AnsweringAsync(body);
        return await QueryAsync(server.Address);
    }

    [TestCase(200, """{"status":"success","data":{"resultType":"vector","result":[]}}""", "no series matches")]
    [TestCase(
        200, """{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"1"]},{"value":[1,"2"]}]}}""", "2 series match")]
    [TestCase(200, """{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"NaN"]}]}}""", "NaN")]
    [TestCase(200, """{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"+Inf"]}]}}""", "+Inf")]
    [TestCase(200, """{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"-Inf"]}]}}""", "-Inf")]
    [TestCase(
        200, """{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"1e999"]}]}}""", "a number that is too large")]
    [TestCase(
        200, """{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"twelve"]}]}}""", "a text that is not a number")]
    [TestCase(200, """{"status":"success","data":{"resultType":"vector","result":[{"value":[1,12]}]}}""", "not a time and a text")]
    [TestCase(200, """{"status":"success","data":{"resultType":"vector","result":[{"value":"12"}]}}""", "not a time and a text")]
    [TestCase(200, """{"status":"success","data":{"resultType":"vector","result":[{"histogram":[1,{}]}]}}""", "no value")]
    [TestCase(200, """{"status":"success","data":{"resultType":"vector","result":[1]}}""", "no value")]
    [TestCase(200, """{"status":"success","data":{"resultType":"matrix","result":[]}}""", "gives a matrix")]
    [TestCase(200, """{"status":"success","data":{"result":[]}}""", "one number")]
    [TestCase(200, """{"status":"success","data":[]}""", "no data.result")]
    [TestCase(200, """{"status":"success"}""", "no data.result")]
    [TestCase(
        200,
        """{"status":"success","warnings":["partial response: a store is gone"]"""
        + ""","data":{"resultType":"vector","result":[{"value":[1,"1"]}]}}""",
        "it warns of its answer")]
    [TestCase(
        200, """{"status":"error","errorType":"bad_data","error":"parse error: unexpected end of input"}""",
        "it refuses the query (bad_data); run the query in Prometheus to see why")]
    [TestCase(400, """{"status":"error","errorType":"bad_data","error":"1:4: parse\nerror"}""", "(bad_data)")]
    [TestCase(503, """{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}""", "503")]
    [TestCase(200, """["status"]""", "without success")]
    [TestCase(200, "null", "without success")]
    [TestCase(200, "", "not JSON")]
    [TestCase(502, "<html>Bad gateway</html>", "502 with something that is not JSON")]
    [TestCase(200, "[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]", "not JSON")]
    [TestCase(200, """{"status":"error","errorType":"\ud800","error":"x"}""", "not JSON")]
    [TestCase(302, "", "redirect")]
    public async Task Anything_else_is_no_data_and_says_why(int status, string body, string why)
    {
        await using SourceServer server = await SourceServer.AnsweringAsync(body, status);

        Assert.That(() => QueryAsync(server.Address), Throws.TypeOf<SourceException>().With.Message.Contains(why));
    }

    [TestCase("""{"status":"error","errorType":"hunter2","error":"hunter2"}""")]
    [TestCase("""{"status":"error","errorType":"bad_data","error":"hunter2"}""")]
    [TestCase("""{"status":"success","warnings":["hunter2"]}""")]
    [TestCase("""{"status":"success","data":{"resultType":"hunter2","result":[]}}""")]
    [TestCase("""{"status":"success","data":{"resultType":"scalar","result":[1,"hunter2"]}}""")]
    [TestCase("hunter2")]
    public async Task Nothing_of_an_answer_is_quoted(string body)
    {
        await using SourceServer server = await SourceServer.AnsweringAsync(body);

        Assert.That(() => QueryAsync(server.Address), Throws.TypeOf<SourceException>().With.Message.Not.Contains("hunter2"));
    }

    private static string Vector(string series) => $$$"""{"status":"success","data":{"resultType":"vector","result":[{{{series}}}]}}""";

    private static async Task<double> QueryAsync(string address)
    {
        using var http = new SourceHttp(
            new SourceOptions { Networks = SourceAddress.Parse("private,loopback", out _)! }, TimeProvider.System);
        return await new PrometheusClient(http).QueryAsync(
            address, "sum(bad{revision=\"a\"} + 1)", Time, TimeSpan.FromSeconds(2), CancellationToken.None);
    }
}
