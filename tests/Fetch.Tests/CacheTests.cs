using System.Security.Cryptography;

namespace ModelOperator.Fetch.Tests;

public sealed class CacheTests : FetchFixture
{
    private static readonly byte[] Model = RandomNumberGenerator.GetBytes(500_000);
    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData(Model));

    private string Cache => Path.Combine(Folder, "cache");

    private FetchOptions Cached(FetchOptions options) => options with { Cache = Cache, Sha256 = Digest };

    [Test]
    public async Task Fetches_at_the_same_time_download_a_model_once()
    {
        await using RangeServer store = await RangeServer.StartAsync(Model);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => FetchAsync(
            store.Address, options => Cached(options) with { Output = Path.Combine(Folder, $"pod-{i}", "model.onnx") })));

        Assert.That(store.Requests, Is.EqualTo(1));
        Assert.That(
            Enumerable.Range(0, 4).Select(i => File.ReadAllBytes(Path.Combine(Folder, $"pod-{i}", "model.onnx"))),
            Is.All.EqualTo(Model));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_was_served_once_starts_again_while_its_store_is_away(bool signed)
    {
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        FileServer store = await FileServer.StartAsync(context => context.Request.Path == "/model.sig"
            ? context.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes(SignatureTests.Sign(signer, Model))).AsTask()
            : context.Response.Body.WriteAsync(Model).AsTask());
        string address = store.Uri().AbsoluteUri;
        FetchOptions Signed(FetchOptions options) => Cached(options) with
        {
            SignatureKey = signed ? SignatureTests.Key(signer) : null,
            Retries = 0,
        };
        await FetchAsync(address, Signed);
        await store.DisposeAsync();

        await FetchAsync(address, options => Signed(options) with { Output = Path.Combine(Folder, "next", "model.onnx") });

        Assert.That(File.ReadAllBytes(Path.Combine(Folder, "next", "model.onnx")), Is.EqualTo(Model));
    }

    [Test]
    public async Task A_signature_in_the_cache_is_used_only_when_it_is_right()
    {
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using FileServer store = await FileServer.StartAsync(context => context.Request.Path == "/model.sig"
            ? context.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes(SignatureTests.Sign(signer, Model))).AsTask()
            : context.Response.Body.WriteAsync(Model).AsTask());
        Directory.CreateDirectory(Path.Combine(Cache, "answers"));
        await File.WriteAllTextAsync(Path.Combine(Cache, "answers", $"signature-{Digest}"), SignatureTests.Sign(stranger, Model));

        await FetchAsync(store.Uri().AbsoluteUri, options => Cached(options) with { SignatureKey = SignatureTests.Key(signer) });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model), "the store's signature took the place of the stranger's");
    }

    [Test]
    public async Task What_is_damaged_in_the_cache_is_downloaded_again()
    {
        await using RangeServer store = await RangeServer.StartAsync(Model);
        await FetchAsync(store.Address, Cached);
        File.WriteAllText(Path.Combine(Cache, "sha256", Digest), "damaged");
        File.Delete(Output);

        await FetchAsync(store.Address, Cached);

        Assert.That(store.Requests, Is.EqualTo(2));
        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        Assert.That(File.ReadAllBytes(Path.Combine(Cache, "sha256", Digest)), Is.EqualTo(Model));
    }

    [Test]
    public async Task What_was_not_used_for_longest_goes_first()
    {
        await using RangeServer store = await RangeServer.StartAsync(Model);
        string files = Directory.CreateDirectory(Path.Combine(Cache, "sha256")).FullName;
        foreach ((char name, int daysAgo) in (IEnumerable<(char, int)>)[('a', 3), ('b', 1), ('c', 2)])
        {
            string file = Path.Combine(files, new string(name, 64));
            File.WriteAllBytes(file, new byte[400_000]);
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-daysAgo));
        }

        await FetchAsync(store.Address, options => Cached(options) with { CacheBytes = 1_000_000 });

        Assert.That(
            Directory.GetFiles(files).Select(Path.GetFileName).Where(name => name!.Length == 64),
            Is.EquivalentTo([new string('b', 64), Digest]));
    }

    [Test]
    public async Task A_cache_that_cannot_be_used_is_left_out()
    {
        await using RangeServer store = await RangeServer.StartAsync(Model);
        File.WriteAllText(Cache, "no folder");

        await FetchAsync(store.Address, Cached);

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
    }
}
