using ModelOperator.Demo.Load;
using ModelOperator.Demo.Play;

namespace ModelOperator.Demo.Tests;

public sealed class ClusterLogsTests
{
    private string folder = "";

    [SetUp]
    public void Make_a_folder() => folder = Directory.CreateTempSubdirectory().FullName;

    [TearDown]
    public void Remove_it() => Directory.Delete(folder, recursive: true);

    [Test]
    public void What_operator_and_routers_logged_around_a_request_is_found_in_the_order_of_time()
    {
        File.WriteAllLines(Path.Combine(folder, "model-router-1.log"),
        [
            "2030-01-01T00:00:07.000000000Z too early",
            "2030-01-01T00:00:10.100000000Z warn: pod digits-a failed a request",
            "   a line without a time",
            "2030-01-01T00:00:14.000000000Z too late",
        ]);
        File.WriteAllLines(Path.Combine(folder, "model-operator-1.log"), ["2030-01-01T00:00:09.500000000Z info: rolling back"]);
        File.WriteAllLines(Path.Combine(folder, "load-1.log"), ["2030-01-01T00:00:10.000000000Z not asked for"]);
        var logs = new ClusterLogs(new Kubectl("kubectl", "demo"), "demo", folder);
        var request = new FailedRequest("infer", 3, new DateTimeOffset(2030, 1, 1, 0, 0, 10, TimeSpan.Zero), 1, null, null, "502");

        Assert.That(logs.LoggedAround(request), Is.EqualTo(new[]
        {
            "model-operator-1: 2030-01-01T00:00:09.500000000Z info: rolling back",
            "model-router-1: 2030-01-01T00:00:10.100000000Z warn: pod digits-a failed a request",
        }));
    }
}
