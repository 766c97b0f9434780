using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOperator.Fetch.Tests.Stores;

/// <summary>Debian's docker-registry, and pushing to it.</summary>
internal sealed class RealRegistry : IAsyncDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";

    // The password "secret", by bcrypt.
    private const string Passwords = "me:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

    private readonly StoreProcess _process;
    private readonly HttpClient _http = new();
    private readonly TokenService? _tokens;

    private RealRegistry(StoreProcess process, TokenService? tokens = null) => (_process, _tokens) = (process, tokens);

    public string Host => $"127.0.0.1:{_process.Port}";

    public static async Task<RealRegistry> StartAsync() => new(await ServeAsync(""));

    public static async Task<RealRegistry> StartWithPasswordAsync()
    {
        RealRegistry registry = new(await ServeAsync("auth:\n  htpasswd: {realm: models, path: {folder}/passwords}\n"));
        registry._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("me:secret"u8));
        return registry;
    }

    public static async Task<RealRegistry> StartWithTokensAsync(TokenService tokens) => new(
        await ServeAsync(
            $"auth:\n  token: {{realm: \"{tokens.Address}\", service: models, issuer: tests, rootcertbundle: {{folder}}/certificate}}\n",
            tokens.Certificate),
        tokens);

    public string Address(string reference) => $"oci://{Host}/{reference}?plainHttp=true";

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    /// <summary>Pushes files as layers; returns the manifest's digest.</summary>
    public async Task<string> PushAsync(string repository, string tag, params (string Title, string Type, byte[] Content)[] files)
    {
        JsonArray layers = [];
        foreach ((string title, string type, byte[] content) in files)
        {
            layers.Add((JsonNode)await LayerAsync(repository, type, content, "org.opencontainers.image.title", title));
        }

        return await PushManifestAsync(repository, tag, ManifestType, await ManifestAsync(repository, layers));
    }

    public Task<string> PushIndexAsync(string repository, string tag, string manifest) => PushManifestAsync(
        repository,
        tag,
        IndexType,
        new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = IndexType,
            ["manifests"] = new JsonArray(new JsonObject { ["mediaType"] = ManifestType, ["digest"] = manifest, ["size"] = 1000 }),
        });

    /// <summary>Signs as cosign does; what is said to be signed may be another manifest than the one it is kept for.</summary>
    public async Task SignAsync(string repository, string digest, string said, ECDsa signer)
    {
        byte[] payload = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["critical"] = new JsonObject
            {
                ["identity"] = new JsonObject { ["docker-reference"] = repository },
                ["image"] = new JsonObject { ["docker-manifest-digest"] = said },
                ["type"] = "cosign container image signature",
            },
            ["optional"] = null,
        }.ToJsonString());
        JsonObject layer = await LayerAsync(
            repository, "application/vnd.dev.cosign.simplesigning.v1+json", payload, "dev.cosignproject.cosign/signature",
            SignatureTests.Sign(signer, payload));
        await PushManifestAsync(repository, digest.Replace(':', '-') + ".sig", ManifestType, await ManifestAsync(repository, [layer]));
    }

    private static Task<StoreProcess> ServeAsync(string authentication, string? certificate = null) => StoreProcess.StartAsync(
        (folder, port) =>
        {
            File.WriteAllText(Path.Combine(folder, "passwords"), Passwords);
            File.WriteAllText(Path.Combine(folder, "certificate"), certificate ?? "");
            File.WriteAllText(
                Path.Combine(folder, "registry.yml"),
                $$"""
                version: 0.1
                log: {level: error}
                storage: {filesystem: {rootdirectory: {{folder}}/data} }
                http: {addr: "127.0.0.1:{{port}}", secret: tests}
                {{authentication.Replace("{folder}", folder)}}
                """);
        },
        "docker-registry", "serve", "{folder}/registry.yml");

    private async Task<JsonObject> ManifestAsync(string repository, JsonArray layers)
    {
        JsonObject configuration = await LayerAsync(
            repository, "application/vnd.oci.image.config.v1+json", "{}"u8.ToArray(), "kind", "test");
        return new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = ManifestType, ["config"] = configuration, ["layers"] = layers };
    }

    private async Task<JsonObject> LayerAsync(string repository, string type, byte[] content, string annotation, string value)
    {
        string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        using HttpResponseMessage begun = await SendAsync(
            HttpMethod.Post, new Uri($"http://{Host}/v2/{repository}/blobs/uploads/"), repository, null, null);
        UriBuilder upload = new(new Uri(new Uri($"http://{Host}"), begun.Headers.Location!));
        upload.Query = $"{upload.Query}&digest={Uri.EscapeDataString(digest)}".TrimStart('?', '&');
        using HttpResponseMessage done = await SendAsync(HttpMethod.Put, upload.Uri, repository, content, "application/octet-stream");
        return new JsonObject
        {
            ["mediaType"] = type,
            ["digest"] = digest,
            ["size"] = content.Length,
            ["annotations"] = new JsonObject { [annotation] = value },
        };
    }

    private async Task<string> PushManifestAsync(string repository, string tag, string type, JsonObject manifest)
    {
        byte[] content = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Put, new Uri($"http://{Host}/v2/{repository}/manifests/{tag}"), repository, content, type);
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, string repository, byte[]? content, string? type)
    {
        using HttpRequestMessage request = new(method, uri) { Content = new ByteArrayContent(content ?? []) };
        if (type is not null)
        {
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        if (_tokens is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _tokens.Issue(repository, "pull", "push"));
        }

        HttpResponseMessage response = await _http.SendAsync(request);
        Assert.That(
            response.StatusCode, Is.AnyOf(HttpStatusCode.Accepted, HttpStatusCode.Created), await response.Content.ReadAsStringAsync());
        return response;
    }
}
