using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ModelOperator.Fetch.Tests.Stores;

/// <summary>Gives tokens for a registry to whoever signs in as "me" with the password "secret".</summary>
internal sealed class TokenService : IAsyncDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private FileServer _server = null!;

    public int Requests;

    private TokenService()
    {
        CertificateRequest request = new("CN=tests", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    public string Address => _server.Uri("/token").AbsoluteUri;

    public string Certificate => _certificate.ExportCertificatePem();

    public static async Task<TokenService> StartAsync()
    {
        TokenService service = new();
        service._server = await FileServer.StartAsync(service.AnswerAsync);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
    }

    public string Issue(string repository, params string[] actions)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        JsonObject header = new()
        {
            ["alg"] = "RS256",
            ["typ"] = "JWT",
            ["x5c"] = new JsonArray(Convert.ToBase64String(_certificate.RawData)),
        };
        JsonObject claims = new()
        {
            ["iss"] = "tests",
            ["sub"] = "me",
            ["aud"] = "models",
            ["iat"] = now,
            ["nbf"] = now - 10,
            ["exp"] = now + 300,
            ["jti"] = Guid.NewGuid().ToString(),
            ["access"] = new JsonArray(new JsonObject
            {
                ["type"] = "repository",
                ["name"] = repository,
                ["actions"] = new JsonArray([.. actions.Select(action => (JsonNode)action)]),
            }),
        };
        string signed = $"{Encode(header)}.{Encode(claims)}";
        byte[] signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref Requests);
        string[] scope = context.Request.Query["scope"].ToString().Split(':');
        bool isKnown = context.Request.Headers.Authorization == $"Basic {Convert.ToBase64String("me:secret"u8)}";
        if (!isKnown || context.Request.Query["service"] != "models" || scope is not ["repository", var repository, "pull"])
        {
            context.Response.StatusCode = 401;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["token"] = Issue(repository, "pull"), ["expires_in"] = 300 }.ToJsonString());
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
