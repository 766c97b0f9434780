using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Addressing;

namespace ModelOperator.Fetch.Tests;

public sealed class ModelAddressTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static IEnumerable<TestCaseData> Understood()
    {
        yield return Case(new HttpAddress("https://h/m%3F.onnx", new Uri("https://h/m%3F.onnx")), "https://h/m%3F.onnx");
        yield return Case(new OciAddress("oci://r:5000/a/b", "r:5000", "a/b", "latest", false), "oci://r:5000/a/b");
        yield return Case(new OciAddress("oci://r/a:v1", "r", "a", "v1", true), "oci://r/a:v1?plainHttp=true");
        yield return Case(new OciAddress($"oci://r/a:v1@sha256:{Hex}", "r", "a", $"sha256:{Hex}", false), $"oci://r/a:v1@sha256:{Hex}");
        yield return Case(new S3Address("s3://b-b/a/k%20y", "b-b", "a/k y", null, null, null), "s3://b-b/a/k%20y");
        yield return Case(
            new S3Address("s3://bbb/k", "bbb", "k", new Uri("http://m:9000"), "eu-central-1", false),
            "s3://bbb/k?endpoint=http://m:9000&region=eu-central-1&pathStyle=false");
        yield return Case(new AzureBlobAddress("azblob://acc/con/a/b", "acc", "con", "a/b", null), "azblob://acc/con/a/b");
        yield return Case(new GoogleStorageAddress("gs://bbb/a%3Fb", "bbb", "a?b", null), "gs://bbb/a%3Fb");
        yield return Case(new HuggingFaceAddress("hf://o/r/onnx/m.onnx", "o/r", "main", "onnx/m.onnx", null), "hf://o/r/onnx/m.onnx");
        yield return Case(new HuggingFaceAddress("hf://o/r@refs%2Fpr%2F1/m", "o/r", "refs/pr/1", "m", null), "hf://o/r@refs%2Fpr%2F1/m");
        yield return Case(new VolumeAddress("pvc://c/a/b/", "c", "a/b"), "pvc://c/a/b/");
    }

    [TestCaseSource(nameof(Understood))]
    public void An_address_is_understood(ModelAddress expected, string text)
    {
        Assert.That(ModelAddress.TryParse(text, out ModelAddress address, out string problem), Is.True, problem);
        Assert.That(address, Is.EqualTo(expected));
    }

    [TestCase("", "is not a model address; use http(s)://HOST/PATH, ")]
    [TestCase("model.onnx", "is not a model address; use http(s)://HOST/PATH, ")]
    [TestCase("file:///etc/passwd", "is not a model address; use http(s)://HOST/PATH, ")]
    [TestCase("/etc/passwd", "is not a model address; use http(s)://HOST/PATH, ")]
    [TestCase("HTTP://h/m", "is not a model address; use http(s)://HOST/PATH, ")]
    [TestCase("https://h/", "names no file")]
    [TestCase("https://h/m#part", "has a #fragment; remove it")]
    [TestCase(
        "https://h/m?X-Amz-Signature=secret",
        "has a ?query, which everyone who can read the object would see, such as the signature of a pre-signed URL; remove it")]
    [TestCase("https://h/m?", "has a ?query")]
    [TestCase("s3://bucket/m#part", "has a #fragment; remove it")]
    [TestCase("https://me:secret@h/m", "contains a user name or password")]
    [TestCase("s3://me:secret@bucket/m", "contains a user name or password")]
    [TestCase("s3://bucket/a%2F..%2Fb", "is not an object of S3")]
    [TestCase("s3://bucket/../b", "is not an object of S3")]
    [TestCase("s3://bucket/", "is not an object of S3")]
    [TestCase("s3://bucket/k?endpoint=ftp://h", "has an invalid 'endpoint'")]
    [TestCase("s3://bucket/k?endpoint=http://me:x@h", "has an invalid 'endpoint'")]
    [TestCase("s3://bucket/k?versionId=1", "has the unknown option 'versionId'")]
    [TestCase("s3://bucket/k?region=a&region=b", "has the option 'region' twice")]
    [TestCase("s3://bucket/k?pathStyle=yes", "has an invalid 'pathStyle'; use true or false")]
    [TestCase("s3://bucket/k%2", "contains a space, a control character or a % that starts no code")]
    [TestCase("s3://bucket/k%0a", "is not an object of S3")]
    [TestCase("oci://registry/Upper", "is not an artifact of a registry")]
    [TestCase("oci://registry/a@sha256:12", "is not an artifact of a registry")]
    [TestCase("oci://reg_istry/a", "is not an artifact of a registry")]
    [TestCase("azblob://Account/c/b", "is not a blob of Azure Storage")]
    [TestCase("azblob://account/container", "is not a blob of Azure Storage")]
    [TestCase("hf://org/repo", "is not a file of Hugging Face")]
    [TestCase("hf://org/repo@..%2Fx/m", "is not a file of Hugging Face")]
    [TestCase("pvc://Claim/m", "is not a file on a volume")]
    [TestCase("pvc://claim/a/../../m", "is not a file on a volume")]
    [TestCase("gs://bucket/a b", "contains a space, a control character")]
    public void What_is_no_address_is_refused_with_what_would_be_right(string text, string problem)
    {
        Assert.That(ModelAddress.TryParse(text, out _, out string told), Is.False);
        Assert.That(told, Does.StartWith(problem).And.Not.Contain("secret"));
    }

    [Test]
    public void Any_text_is_an_address_or_has_a_problem() => Prop.ForAll<string, string, string>((scheme, host, path) =>
    {
        foreach (string text in (string[])[
            $"{scheme}://{host}/{path}",
            $"s3://{host}/{path}",
            $"oci://{host}/{path}",
            $"hf://org/{host}/{path}",
            $"pvc://claim/{path}",
        ])
        {
            bool isOne = ModelAddress.TryParse(text, out ModelAddress address, out string problem);
            Assert.That(isOne ? address.Name.Length : problem.Length, Is.Positive);
        }
    }).QuickCheckThrowOnFailure();

    [Test]
    public void An_object_comes_back_from_its_encoded_name_and_never_leads_elsewhere() => Prop.ForAll<string[]>(parts =>
    {
        string key = string.Join('/', parts.Where(part => part is not null));
        string text = $"s3://bucket/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        if (ModelAddress.TryParse(text, out ModelAddress address, out _))
        {
            S3Address s3 = (S3Address)address;
            Assert.That(s3.Key, Is.EqualTo(Uri.UnescapeDataString(text["s3://bucket/".Length..])));
            Assert.That(s3.Key.Split('/'), Has.None.EqualTo("..").And.None.EqualTo(".").And.None.EqualTo(""));
        }
    }).QuickCheckThrowOnFailure();

    private static TestCaseData Case(ModelAddress address, string text) => new TestCaseData(address, text).SetArgDisplayNames(text);
}
