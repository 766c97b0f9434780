using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ModelOperator.Fetch.Tests;

/// <summary>Google Cloud Storage and Hugging Face, as their documents say they answer.</summary>
public sealed class CloudTests : FetchFixture
{
    private static readonly byte[] Model = RandomNumberGenerator.GetBytes(10_000);

    [Test]
    public async Task An_object_of_Google_is_fetched_with_a_token_for_the_key_of_a_service_account()
    {
        using RSA key = RSA.Create(2048);
        int grants = 0;
        await using FileServer google = await FileServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/token")
            {
                grants++;
                IFormCollection form = await context.Request.ReadFormAsync();
                string[] assertion = form["assertion"].ToString().Split('.');
                bool isSigned = key.VerifyData(
                    Encoding.ASCII.GetBytes($"{assertion[0]}.{assertion[1]}"),
                    System.Buffers.Text.Base64Url.DecodeFromChars(assertion[2]),
                    HashAlgorithmName.SHA256,
                    RSASignaturePadding.Pkcs1);
                JsonNode claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(assertion[1]))!;
                bool isAsked = form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" && (string?)claims["iss"] == "me@project"
                    && (string?)claims["scope"] == "https://www.googleapis.com/auth/devstorage.read_only";
                context.Response.StatusCode = isSigned && isAsked ? 200 : 400;
                await context.Response.WriteAsync("""{"access_token":"s3cret","expires_in":3600,"token_type":"Bearer"}""");
            }
            else if (context.Request.Headers.Authorization != "Bearer s3cret")
            {
                context.Response.StatusCode = 401;
            }
            else if (Raw(context) == "/storage/v1/b/models/o/digits%2Fv%201.onnx?alt=media")
            {
                await context.Response.Body.WriteAsync(Model);
            }
            else
            {
                context.Response.StatusCode = 404;
            }
        });
        string account = new JsonObject
        {
            ["type"] = "service_account",
            ["client_email"] = "me@project",
            ["private_key_id"] = "1",
            ["private_key"] = key.ExportPkcs8PrivateKeyPem(),
            ["token_uri"] = google.Uri("/token").AbsoluteUri,
        }.ToJsonString();

        await FetchAsync(
            $"gs://models/digits/v%201.onnx?endpoint={google.Uri("")}",
            options => options with { Credentials = Secret(("key.json", account), ("endpoint", google.Uri("").OriginalString)) });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        Assert.That(grants, Is.EqualTo(1));
        TerminatingException none = await FailureAsync($"gs://models/digits/v%201.onnx?endpoint={google.Uri("")}");
        TerminatingException noKey = await FailureAsync($"gs://models/x?endpoint={google.Uri("")}", options => options with
        {
            Credentials = Secret(("key.json", "{\"private_key\":\"hunter2\"}"), ("endpoint", google.Uri("").OriginalString)),
        });
        Assert.That((none.Reason, noKey.Reason), Is.EqualTo((FailureReasons.CredentialsMissing, FailureReasons.CredentialsMissing)));
        Assert.That(noKey.ToString(), Does.Not.Contain("hunter2"));
    }

    [Test]
    public async Task A_file_of_Hugging_Face_is_fetched_and_the_token_stays_with_its_host()
    {
        string? elsewhere = null;
        await using FileServer content = await FileServer.StartAsync(context =>
        {
            elsewhere = context.Request.Headers.Authorization.ToString();
            return context.Response.Body.WriteAsync(Model).AsTask();
        });
        string? path = null, token = null;
        await using FileServer face = await FileServer.StartAsync(context =>
        {
            (path, token) = (Raw(context), context.Request.Headers.Authorization.ToString());
            context.Response.Redirect(content.Uri("/blob").AbsoluteUri);
            return Task.CompletedTask;
        });

        await FetchAsync(
            $"hf://org/repo@refs%2Fpr%2F1/onnx/model.onnx?endpoint={face.Uri("")}",
            options => options with { Credentials = Secret(("token", "hf_s3cret"), ("endpoint", face.Uri("").OriginalString)) });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        Assert.That((path, token, elsewhere), Is.EqualTo(("/org/repo/resolve/refs%2Fpr%2F1/onnx/model.onnx", "Bearer hf_s3cret", "")));
    }

    [Test]
    public async Task An_address_leads_no_secret_to_a_mirror_that_it_does_not_name()
    {
        int requests = 0;
        await using FileServer mirror = await FileServer.StartAsync(context =>
        {
            requests++;
            return context.Response.Body.WriteAsync(Model).AsTask();
        });

        foreach (string address in (string[])["hf://org/repo/m.onnx", "gs://models/m.onnx", "azblob://account/models/m.onnx"])
        {
            TerminatingException failure = await FailureAsync(
                $"{address}?endpoint={mirror.Uri("")}",
                options => options with { Credentials = Secret(("token", "s3cret")) });

            Assert.That(
                failure.Message,
                Does.StartWith("the Secret does not say which endpoint its credentials are for; add the key 'endpoint'"));
        }

        Assert.That(requests, Is.Zero);
    }

    private static string Raw(HttpContext context) =>
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
}
