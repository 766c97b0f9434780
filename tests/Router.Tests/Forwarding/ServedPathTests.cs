using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Router.Forwarding;

namespace ModelOperator.Router.Tests.Forwarding;

/// <summary>Only what is meant for clients reaches a pod, however it is spelt.</summary>
public sealed class ServedPathTests
{
    [TestCase("/v2", "Read")]
    [TestCase("/v2/", "Read")]
    [TestCase("/v2/health/live", "Read")]
    [TestCase("/V2/Health/READY", "Read")]
    [TestCase("/v2/models/digits", "Read")]
    [TestCase("/v2/models/digits/ready", "Read")]
    [TestCase("/v2/models/digits/versions/3/config", "Read")]
    [TestCase("/v2/models/digits/versions/3", "Read")]
    [TestCase("/v2/models/digits/stats", "Read")]
    [TestCase("/v2/models/digits/infer", "Infer")]
    [TestCase("/v2/models/digits/Infer/", "Infer")]
    [TestCase("/v2/models/digits/versions/3/infer", "Infer")]
    [TestCase("/v2/models/digits/feedback", "Feedback")]
    [TestCase("/v2/models/digits/FeedBack", "Feedback")]
    [TestCase("/v2/models/digits/VERSIONS/3/feedback/", "Feedback")]
    [TestCase("", "NotServed")]
    [TestCase("/", "NotServed")]
    [TestCase("//", "NotServed")]
    [TestCase("v2", "NotServed")]
    [TestCase("/metrics", "NotServed")]
    [TestCase("/Metrics/", "NotServed")]
    [TestCase("//metrics", "NotServed")]
    [TestCase("/v2//models/digits/infer", "NotServed")]
    [TestCase("/v2/repository/index", "NotServed")]
    [TestCase("/V2/Repository/models/digits/load", "NotServed")]
    [TestCase("/v2/health", "NotServed")]
    [TestCase("/v2/models", "NotServed")]
    [TestCase("/v2/models/digits/infer//", "NotServed")]
    [TestCase("/v2/models/digits/versions/3/4/infer", "NotServed")]
    [TestCase("/v2/models/digits/versions/infer", "NotServed")]
    [TestCase("/v2/models/digits/versions/x/infer", "NotServed")]
    [TestCase("/v2/models/digits/infer/x/y/z/0", "NotServed")]
    [TestCase("/v2/models/digits%2Finfer", "Read")]
    [TestCase("/inference.GRPCInferenceService/ModelInfer", "NotServed")]
    public void A_path_is_served_or_it_is_not(string path, string kind) =>
        Assert.That(ServedPath.Of(path).Kind.ToString(), Is.EqualTo(kind));

    [TestCase("/v2/models/digits/infer", "GET", false)]
    [TestCase("/v2/models/digits/infer", "POST", true)]
    [TestCase("/v2/models/digits/feedback", "PUT", false)]
    [TestCase("/v2", "GET", true)]
    [TestCase("/v2", "HEAD", true)]
    [TestCase("/v2/models/digits/ready", "POST", false)]
    [TestCase("/metrics", "GET", false)]
    public void Reading_is_no_writing(string path, string method, bool takes) =>
        Assert.That(ServedPath.Of(path).Takes(method), Is.EqualTo(takes));

    [Test]
    public void Whatever_the_path_is_it_is_compared() =>
        Prop.ForAll<NonNull<string>>(path => Assert.That(() => ServedPath.Of(path.Get), Throws.Nothing)).QuickCheckThrowOnFailure();
}
