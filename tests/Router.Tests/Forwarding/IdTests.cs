using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Evidence;
using ModelOperator.Router.Feedback;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Routing;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Forwarding;

public sealed class IdTests
{
    private static readonly PredictionIds Ids = Made();

    [TestCase("digits-0123456789-6c5d9-x7k2p", true)]
    [TestCase("a.pod.with.dots", false)]
    public void A_made_id_tells_its_revision_and_pod_and_whether_chance_chose_them_and_fits_a_header(string pod, bool isDrawn)
    {
        string id = Ids.Make("digits", Endpoint(pod), isDrawn);
        Assert.That(Ids.Read("digits", id), Is.EqualTo(new PredictionId("0123456789", pod, isDrawn)));
        Assert.That(RequestIds.FitsHeader(id), Is.True);
    }

    [TestCase("")]
    [TestCase("mine")]
    [TestCase("....")]
    [TestCase("0123456789.pod.d0123456789abcdef")]
    [TestCase("0123456789.pod.0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("0123456789.pod.d0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("0123456789.pod.d0123456789abcdef.")]
    public void Any_other_id_is_none(string id) => Assert.That(Ids.Read("digits", id), Is.Null);

    [Test]
    public void An_id_is_good_for_its_own_model_and_as_it_stands_only()
    {
        string id = Ids.Make("digits", Endpoint("pod-1"), isDrawn: false);

        Assert.That(Ids.Read("other", id), Is.Null);
        Assert.That(Made().Read("digits", id), Is.Null, "other keys");
        Assert.That(Ids.Read("digits", id.Replace(".c", ".d", StringComparison.Ordinal)), Is.Null);
        Assert.That(Ids.Read("digits", id.Replace("pod-1", "pod-2", StringComparison.Ordinal)), Is.Null);
        for (int i = 0; i < id.Length; i++)
        {
            // The last character of a code has bits that say nothing.
            if (i == id.Length - 1)
            {
                continue;
            }

            string changed = id[..i] + (id[i] == 'x' ? 'y' : 'x') + id[(i + 1)..];
            Assert.That(Ids.Read("digits", changed), Is.Null, changed);
        }
    }

    [Test]
    public void No_two_ids_are_alike() =>
        Assert.That(Enumerable.Range(0, 1000).Select(_ => Ids.Make("digits", Endpoint("pod"), isDrawn: true)), Is.Unique);

    [TestCase("ok-1", true)]
    [TestCase("", false)]
    [TestCase("two words", false)]
    [TestCase("line\nbreak", false)]
    [TestCase("naïve", false)]
    public void Only_visible_ascii_fits_a_header(string id, bool fits) => Assert.That(RequestIds.FitsHeader(id), Is.EqualTo(fits));

    [TestCase("""{"id":"a"}""", "a")]
    [TestCase("""{"inputs":[{"id":"no","data":[1,2,{"id":"no"}]}],"id":"yes"}""", "yes")]
    [TestCase("""{"id":"\u0061\"b"}""", "a\"b")]
    [TestCase("""{"id":7}""", null)]
    [TestCase("""{"inputs":[]}""", null)]
    [TestCase("""["id","a"]""", null)]
    [TestCase("""{"inputs":[1,2""", null)]
    [TestCase("nonsense", null)]
    [TestCase("", null)]
    public void The_id_of_a_body_is_its_string_member_id(string json, string? id) =>
        Assert.That(BodyId.Find(Encoding.UTF8.GetBytes(json), complete: true), Is.EqualTo(id));

    [Test]
    public void The_beginning_of_a_body_is_enough_when_the_id_is_in_it()
    {
        byte[] json = """{"parameters":{"x":1},"id":"early","inputs":[{"data":[1,2,3]}]}"""u8.ToArray();
        for (int length = 0; length <= json.Length; length++)
        {
            string? found = BodyId.Find(json.AsSpan(0, length), complete: length == json.Length);
            Assert.That(found, length > json.AsSpan().IndexOf("early"u8) + 5 ? Is.EqualTo("early") : Is.Null, $"{length} bytes");
        }
    }

    [Test]
    public void Whatever_the_bytes_are_finding_an_id_does_not_throw() =>
        Prop.ForAll<byte[], bool>((bytes, complete) =>
            Assert.That(() => BodyId.Find(bytes, complete), Throws.Nothing)).QuickCheckThrowOnFailure();

    [Test]
    public void Remembered_ids_are_bounded_and_the_latest_half_is_always_there()
    {
        var map = new ClientIdMap(capacity: 1000, new ManualTimeProvider());
        for (int i = 0; i < 10_000; i++)
        {
            map.Remember("digits", $"{i}", "rev", $"pod-{i}");
            Assert.That(map.Find("digits", $"{Math.Max(0, i - 499)}"), Is.EqualTo(("rev", $"pod-{Math.Max(0, i - 499)}")));
        }

        Assert.That(Enumerable.Range(0, 10_000).Count(i => map.Find("digits", $"{i}") is not null), Is.LessThanOrEqualTo(1000));
        Assert.That(map.Find("other", "9999"), Is.Null);
    }

    [Test]
    public void Remembered_ids_expire()
    {
        var time = new ManualTimeProvider();
        var map = new ClientIdMap(1000, time);
        map.Remember("digits", "old", "rev", "pod");
        for (int hour = 0; hour < 3; hour++)
        {
            time.Advance(TimeSpan.FromHours(1.1));
            map.Remember("digits", $"new{hour}", "rev", "pod");
        }

        Assert.That(map.Find("digits", "old"), Is.Null);
    }

    private static PredictionIds Made() => new(new KeyRing(null, TimeProvider.System, _ => { }));

    private static PodEndpoint Endpoint(string pod) => new(pod, "uid", "0123456789", "10.0.0.1:80");
}
