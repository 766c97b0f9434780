using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ModelOperator.Fetch.Tests.Stores;

/// <summary>Against Azurite, Microsoft's emulator of Azure Storage.</summary>
[Category("ModelStores")]
public sealed class AzureBlobTests : FetchFixture
{
    // The account that every Azurite has; its key is in its documentation.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly byte[] Model = RandomNumberGenerator.GetBytes(3_000_000);
    private StoreProcess _store = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _store = await StoreProcess.StartNodeAsync(
            "azurite/dist/src/blob/main.js", "--location", "{folder}", "--blobHost", "127.0.0.1", "--blobPort", "{port}",
            "--silent", "--skipApiVersionCheck");
        using HttpClient http = new();
        await SendAsync(http, "models?restype=container", "restype:container", null);
        await SendAsync(http, "models/digits/v%201.onnx", "", Model);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _store.DisposeAsync();

    private string Address => $"azblob://{Account}/models/digits/v%201.onnx?endpoint={_store.Address}/{Account}";

    [Test]
    public async Task A_blob_is_fetched_in_parts_with_the_key_of_the_account()
    {
        await FetchAsync(
            Address,
            options => options with { Credentials = Secret(("accountKey", Key), ("endpoint", _store.Address)), PartBytes = 500_000 });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
    }

    [Test]
    public async Task A_blob_is_fetched_with_a_shared_access_signature()
    {
        await FetchAsync(Address, options => options with
        {
            Credentials = Secret(("sasToken", "?" + SharedAccess()), ("endpoint", _store.Address)),
            PartBytes = 500_000,
        });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
    }

    [Test]
    public async Task Another_key_is_refused()
    {
        TerminatingException failure = await FailureAsync(Address, options => options with
        {
            Credentials = Secret(("accountKey", Convert.ToBase64String(new byte[64])), ("endpoint", _store.Address)),
        });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.CredentialsMissing));
        Assert.That(failure.Message, Does.EndWith("(AuthorizationFailure) to the credentials given"));
    }

    [Test]
    public async Task What_is_not_there_is_not_found()
    {
        TerminatingException failure = await FailureAsync(
            Address.Replace("v%201", "absent"),
            options => options with { Credentials = Secret(("accountKey", Key), ("endpoint", _store.Address)) });

        Assert.That((failure.Reason, failure.Message), Is.EqualTo(
            (FailureReasons.ModelNotFound, $"azblob://{Account}/models/digits/absent.onnx answers 404 Not Found (BlobNotFound)")));
    }

    [Test]
    public async Task Without_credentials_only_what_is_public_is_given()
    {
        TerminatingException failure = await FailureAsync(Address);

        Assert.That(failure.Reason, Is.AnyOf(FailureReasons.CredentialsMissing, FailureReasons.ModelNotFound));
    }

    /// <summary>Creates a container or a blob.</summary>
    private async Task SendAsync(HttpClient http, string path, string query, byte[]? content)
    {
        using HttpRequestMessage request =
            new(HttpMethod.Put, $"{_store.Address}/{Account}/{path}") { Content = new ByteArrayContent(content ?? []) };
        SortedDictionary<string, string> headers = new(StringComparer.Ordinal)
        {
            ["x-ms-date"] = DateTime.UtcNow.ToString("R", CultureInfo.InvariantCulture),
            ["x-ms-version"] = "2021-12-02",
        };
        if (content is not null)
        {
            headers["x-ms-blob-type"] = "BlockBlob";
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        string length = content is { Length: > 0 } ? $"{content.Length}" : "";
        string toSign = $"PUT\n\n\n{length}\n\n\n\n\n\n\n\n\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}"
            + $"/{Account}{request.RequestUri!.AbsolutePath}{(query.Length > 0 ? "\n" + query : "")}";
        request.Headers.Authorization = new("SharedKey", $"{Account}:{Sign(toSign)}");
        using HttpResponseMessage response = await http.SendAsync(request);
        Assert.That(response.IsSuccessStatusCode, Is.True, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The right to read the blobs of the container for an hour.</summary>
    private static string SharedAccess()
    {
        string expiry = DateTime.UtcNow.AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        const string Version = "2020-12-06";
        string toSign = string.Join(
            '\n', "r", "", expiry, $"/blob/{Account}/models", "", "", "https,http", Version, "c", "", "", "", "", "", "", "");
        return $"sv={Version}&sr=c&sp=r&spr=https,http&se={Uri.EscapeDataString(expiry)}&sig={Uri.EscapeDataString(Sign(toSign))}";
    }

    private static string Sign(string text) =>
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text)));
}
