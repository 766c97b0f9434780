using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Forwarding;

public sealed class RequestTargetTests
{
    private static readonly RoutingSnapshot Snapshot =
        SnapshotBuilder.Build(RoutingSnapshot.Empty, [new ModelTable("digits", 1, []), new ModelTable("other", 1, [])], []);

    [TestCase("digits", "/v2", "digits")]
    [TestCase("digits:80", "/v2", "digits")]
    [TestCase("digits.risk", "/v2", "digits")]
    [TestCase("digits.risk:8080", "/v2", "digits")]
    [TestCase("digits.risk.svc", "/v2", "digits")]
    [TestCase("digits.risk.svc.cluster.local", "/v2", "digits")]
    [TestCase("digits.risk.svc.cluster.local.:80", "/v2", "digits")]
    [TestCase("digits.risk.svc", "/v2/models/digits/infer", "digits")]
    [TestCase("localhost", "/v2/models/digits/infer", "digits")]
    [TestCase("10.0.0.7:8080", "/v2/models/other", "other")]
    [TestCase("[::1]:8080", "/v2/models/other", "other")]
    [TestCase("", "/v2/models/other", "other")]
    [TestCase("digits.elsewhere", "/v2", null)]
    [TestCase("digits.riskier", "/v2", null)]
    [TestCase("digits.risk.svcs", "/v2", null)]
    [TestCase("digits.risk.svc", "/v2/models/other/infer", null)]
    [TestCase("localhost", "/v2/models/", null)]
    [TestCase("localhost", "/v2/models/nope/infer", null)]
    [TestCase("localhost", "/", null)]
    public void The_model_is_that_of_the_host_else_of_the_path(string host, string path, string? model) =>
        Assert.That(RequestTarget.Of(Snapshot, "risk", host, path).Model?.Name, Is.EqualTo(model));
}
