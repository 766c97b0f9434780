using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Stores;

namespace ModelOperator.Fetch.Tests;

public sealed class HttpFetchTests
{
    private static readonly byte[] Model = RandomNumberGenerator.GetBytes(300_000);
    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData(Model));
    private string _directory = null!;

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("fetch-tests-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    private string Output => Path.Combine(_directory, "models", "model.onnx");

    [Test]
    public async Task A_model_of_the_right_digest_is_written_whole()
    {
        await using FileServer store = await FileServer.StartAsync(context => context.Response.Body.WriteAsync(Model).AsTask());

        await FetchAsync(store.Uri(), o => o with { Sha256 = Digest });

        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        Assert.That(
            Directory.GetFiles(Path.GetDirectoryName(Output)!).Select(Path.GetFileName),
            Is.EquivalentTo(["model.onnx", ".digest"]));
    }

    [Test]
    public async Task A_model_of_another_digest_is_refused_and_leaves_nothing()
    {
        await using FileServer store = await FileServer.StartAsync(context => context.Response.Body.WriteAsync(Model).AsTask());
        string other = new('a', 64);

        TerminatingException failure = await FailureAsync(store.Uri(), o => o with { Sha256 = other });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.DigestMismatch));
        Assert.That(failure.Message, Is.EqualTo($"the digest of what arrived is sha256:{Digest}, expected sha256:{other}"));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(Output)!), Is.Empty);
    }

    [Test]
    public async Task A_proxy_that_the_environment_names_is_no_way_around_the_allowed_networks()
    {
        int requests = 0;
        await using FileServer inside = await FileServer.StartAsync(context =>
        {
            requests++;
            return context.Response.Body.WriteAsync(Model).AsTask();
        });
        IWebProxy before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new ProxyFor("models.test", inside.Uri());
        try
        {
            TerminatingException failure = await FailureAsync(
                new Uri("http://models.test/model.onnx"), o => o with { Networks = AllowedNetworks.PublicOnly });
            Assert.That((failure.Reason, requests), Is.EqualTo((FailureReasons.AddressRefused, 0)));

            await FetchAsync(new Uri("http://models.test/model.onnx"));
            Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Test]
    public async Task A_model_that_is_there_already_is_not_fetched_again()
    {
        int requests = 0;
        await using FileServer store = await FileServer.StartAsync(context =>
        {
            requests++;
            return context.Response.Body.WriteAsync(Model).AsTask();
        });

        await FetchAsync(store.Uri(), o => o with { Sha256 = Digest });
        await FetchAsync(store.Uri(), o => o with { Sha256 = Digest });
        await FetchAsync(store.Uri());

        Assert.That(requests, Is.EqualTo(2), "without a digest nothing tells whether it is still the one wished for");
    }

    [TestCase(404, FailureReasons.ModelNotFound, "answers 404 Not Found")]
    [TestCase(410, FailureReasons.ModelNotFound, "answers 410 Gone")]
    [TestCase(401, FailureReasons.CredentialsMissing, "answers 401 Unauthorized and no credentials are given")]
    [TestCase(403, FailureReasons.CredentialsMissing, "answers 403 Forbidden and no credentials are given")]
    [TestCase(400, FailureReasons.ModelDownloadFailed, "answers 400 Bad Request")]
    public async Task An_answer_that_will_not_change_is_not_asked_for_again(int status, string reason, string message)
    {
        int requests = 0;
        await using FileServer store = await FileServer.StartAsync(context =>
        {
            if (context.Request.Path == "/model")
            {
                context.Response.Redirect("/signed?signature=secret");
                return Task.CompletedTask;
            }

            requests++;
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        TerminatingException failure = await FailureAsync(store.Uri());

        Assert.That(failure.Reason, Is.EqualTo(reason));
        Assert.That(failure.Message, Is.EqualTo($"{store.Uri()} {message}"));
        Assert.That(requests, Is.EqualTo(1));
    }

    [TestCase(500)]
    [TestCase(503)]
    [TestCase(429)]
    public async Task An_answer_that_may_pass_is_asked_for_again(int status)
    {
        int requests = 0;
        await using FileServer store = await FileServer.StartAsync(context =>
        {
            if (++requests <= 2)
            {
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            }

            return context.Response.Body.WriteAsync(Model).AsTask();
        });

        await FetchAsync(store.Uri(), o => o with { Sha256 = Digest });

        Assert.That(requests, Is.EqualTo(3));
    }

    [Test]
    public async Task A_store_that_stays_broken_is_given_up()
    {
        await using FileServer store = await FileServer.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });

        TerminatingException failure = await FailureAsync(store.Uri(), o => o with { Retries = 2 });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelDownloadFailed));
        Assert.That(
            failure.Message,
            Is.EqualTo($"{store.Uri()} could not be downloaded in 3 tries: {store.Uri()} answers 503 Service Unavailable"));
    }

    [Test]
    public async Task A_body_that_breaks_off_is_gone_on_with_where_it_broke_off()
    {
        List<string> ranges = [];
        await using FileServer store = await FileServer.StartAsync(async context =>
        {
            ranges.Add(context.Request.Headers.Range.ToString());
            context.Response.Headers.ETag = "\"v1\"";
            int from = ranges.Count == 1 ? 0 : int.Parse(ranges[^1]["bytes=".Length..].Split('-')[0]);
            context.Response.StatusCode = from == 0 ? 200 : 206;
            context.Response.Headers.ContentRange = from == 0 ? default : $"bytes {from}-{Model.Length - 1}/{Model.Length}";
            context.Response.ContentLength = Model.Length - from;
            int to = ranges.Count == 1 ? 200_000 : Model.Length;
            await context.Response.Body.WriteAsync(Model.AsMemory(from..to));
            await context.Response.Body.FlushAsync();
            if (to < Model.Length)
            {
                await Task.Delay(100);
                context.Abort();
            }
        });

        await FetchAsync(store.Uri(), o => o with { Sha256 = Digest });

        Assert.That(ranges, Has.Count.EqualTo(2));
        Assert.That(ranges[1], Does.Match("^bytes=[1-9][0-9]*-299999$"));
        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
    }

    [Test]
    public async Task A_body_that_breaks_off_begins_anew_when_the_store_cannot_go_on()
    {
        int requests = 0;
        await using FileServer store = await FileServer.StartAsync(async context =>
        {
            context.Response.ContentLength = Model.Length;
            await context.Response.Body.WriteAsync(Model.AsMemory(0, ++requests == 1 ? 100_000 : Model.Length));
            await context.Response.Body.FlushAsync();
            if (requests == 1)
            {
                context.Abort();
            }
        });

        await FetchAsync(store.Uri(), o => o with { Sha256 = Digest });

        Assert.That(requests, Is.EqualTo(2));
        Assert.That(File.ReadAllBytes(Output), Is.EqualTo(Model));
    }

    [Test]
    public async Task A_store_that_says_nothing_is_given_up()
    {
        await using FileServer store = await FileServer.StartAsync(
            context => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));

        TerminatingException failure = await FailureAsync(
            store.Uri(), o => o with { Retries = 1, StallTimeout = TimeSpan.FromMilliseconds(200) });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelDownloadFailed));
        Assert.That(failure.Message, Does.EndWith("nothing came for 0.2 s"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_model_over_the_limit_is_refused_whether_its_size_is_told_or_not(bool told)
    {
        await using FileServer store = await FileServer.StartAsync(context =>
        {
            context.Response.ContentLength = told ? Model.Length : null;
            return context.Response.Body.WriteAsync(Model).AsTask();
        });

        TerminatingException failure = await FailureAsync(store.Uri(), o => o with { MaxBytes = 250_000 });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelDownloadFailed));
        Assert.That(failure.Message, Is.EqualTo($"{store.Uri()} is larger than 250000 bytes, the limit"));
    }

    [Test]
    public async Task Credentials_go_to_the_host_they_are_for_and_to_no_other()
    {
        List<(string Path, string Authorization)> seen = [];
        await using FileServer other = await FileServer.StartAsync(context =>
        {
            seen.Add(("other" + context.Request.Path, context.Request.Headers.Authorization.ToString()));
            return context.Response.Body.WriteAsync(Model).AsTask();
        });
        await using FileServer store = await FileServer.StartAsync(context =>
        {
            seen.Add((context.Request.Path, context.Request.Headers.Authorization.ToString()));
            context.Response.Redirect(context.Request.Path == "/model" ? "/moved" : other.Uri("/elsewhere").ToString());
            return Task.CompletedTask;
        });
        WriteCredential("token", "s3cret\n");
        WriteCredential("endpoint", store.Uri("").OriginalString);

        await FetchAsync(store.Uri(), o => o with { Sha256 = Digest, Credentials = new SecretFolder(_directory) });

        Assert.That(seen, Is.EqualTo([("/model", "Bearer s3cret"), ("/moved", "Bearer s3cret"), ("other/elsewhere", "")]));
    }

    [TestCase(
        null,
        "the Secret does not say which endpoint its credentials are for; add the key 'endpoint' with the value http://127.0.0.1:PORT to "
        + "have them sent there")]
    [TestCase("https://models.example", "the credentials are for another endpoint than http://127.0.0.1:PORT")]
    [TestCase("http://127.0.0.1:1", "the credentials are for another endpoint than http://127.0.0.1:PORT")]
    [TestCase("https://127.0.0.1:PORT", "the credentials are for another endpoint than http://127.0.0.1:PORT")]
    public async Task A_secret_is_sent_to_the_endpoint_that_it_names_and_nowhere_else(string? endpoint, string message)
    {
        int requests = 0;
        await using FileServer stranger = await FileServer.StartAsync(_ =>
        {
            requests++;
            return Task.CompletedTask;
        });
        string port = stranger.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        WriteCredential("token", "s3cret");
        if (endpoint is not null)
        {
            WriteCredential("endpoint", endpoint.Replace("PORT", port, StringComparison.Ordinal));
        }

        TerminatingException failure = await FailureAsync(stranger.Uri(), o => o with { Credentials = new SecretFolder(_directory) });

        Assert.That((failure.Message, requests), Is.EqualTo((message.Replace("PORT", port, StringComparison.Ordinal), 0)));
    }

    [Test]
    public void The_token_of_a_service_account_is_refused_whatever_key_it_has([Values("token", "password", "accountKey")] string key)
    {
        string claims = System.Buffers.Text.Base64Url.EncodeToString(
            """{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:risk:default"}"""u8);
        WriteCredential(key, $"eyJhbGciOiJSUzI1NiJ9.{claims}.c2lnbmF0dXJl\n");
        string others = System.Buffers.Text.Base64Url.EncodeToString("""{"sub":"me"}"""u8);
        WriteCredential("other", $"eyJhbGciOiJSUzI1NiJ9.{others}.c2lnbmF0dXJl");
        SecretFolder secret = new(_directory);

        Assert.That(
            Assert.Throws<TerminatingException>(() => secret.Text(key))!.Message,
            Is.EqualTo($"the credential '{key}' is the token of a service account, which is never sent to a model store"));
        Assert.That(secret.Text("other"), Does.StartWith("eyJ"), "tokens of others are taken");
    }

    [TestCase("file:///etc/passwd", "its scheme is 'file'", FailureReasons.ModelDownloadFailed)]
    [TestCase(
        "http://169.254.169.254/latest", "169.254.169.254 may be a cloud's metadata service, which is never allowed",
        FailureReasons.AddressRefused)]
    [TestCase("http://user:secret@127.0.0.1/", "it holds a user name or password", FailureReasons.ModelDownloadFailed)]
    [TestCase(
        "http://10.1.2.3/model", "10.1.2.3 is a private address, which the installation does not allow", FailureReasons.AddressRefused)]
    public async Task Redirects_to_where_no_model_may_come_from_are_not_followed(string location, string why, string reason)
    {
        await using FileServer store = await FileServer.StartAsync(context =>
        {
            context.Response.Redirect(location);
            return Task.CompletedTask;
        });

        TerminatingException failure = await FailureAsync(store.Uri());

        Assert.That(failure.Reason, Is.EqualTo(reason));
        Assert.That(failure.Message, Does.EndWith("which is not followed: " + why).And.Not.Contain("secret@"));
    }

    [Test]
    public async Task Redirects_without_end_are_not_followed_without_end()
    {
        int requests = 0;
        await using FileServer store = await FileServer.StartAsync(context =>
        {
            requests++;
            context.Response.Redirect("/model");
            return Task.CompletedTask;
        });

        TerminatingException failure = await FailureAsync(store.Uri(), o => o with { MaxRedirects = 3 });

        Assert.That(failure.Message, Does.EndWith("there are more than 3 redirects"));
        Assert.That(requests, Is.EqualTo(4));
    }

    [Test]
    public void A_user_name_and_a_password_are_basic_credentials()
    {
        WriteCredential("username", "me");
        WriteCredential("password", "pässword");

        Assert.That(HttpCredentials.Read(new SecretFolder(_directory)).Header.ToString(), Is.EqualTo("Basic bWU6cMOkc3N3b3Jk"));
    }

    [TestCase(null, null, "the secret has no credentials, expected the key 'token', or 'username' and 'password'")]
    [TestCase("username", "me", "the secret has no credentials, expected the key 'token', or 'username' and 'password'")]
    [TestCase("token", " \n", "the credential 'token' is empty")]
    [TestCase("token", "a\nb", "the credential 'token' has characters that no HTTP header can carry")]
    public void Credentials_that_are_not_there_are_missing(string? name, string? value, string message)
    {
        if (name is not null)
        {
            WriteCredential(name, value!);
        }

        TerminatingException failure = Assert.Throws<TerminatingException>(() => HttpCredentials.Read(new SecretFolder(_directory)))!;
        Assert.That((failure.Reason, failure.Message), Is.EqualTo((FailureReasons.CredentialsMissing, message)));
    }

    private void WriteCredential(string name, string value) => File.WriteAllText(Path.Combine(_directory, name), value);

    private async Task<TerminatingException> FailureAsync(Uri uri, Func<FetchOptions, FetchOptions>? change = null) =>
        (await Assert.ThrowsAsync<TerminatingException>(() => FetchAsync(uri, change)))!;

    private Task FetchAsync(Uri uri, Func<FetchOptions, FetchOptions>? change = null)
    {
        FetchOptions options = FetchTesting.Options(uri.AbsoluteUri, Output);
        return new ModelFetcher(change?.Invoke(options) ?? options, TimeProvider.System, NullLogger.Instance)
            .FetchAsync(CancellationToken.None);
    }

    private sealed class ProxyFor(string target, Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy;

        public bool IsBypassed(Uri host) => host.Host != target;
    }
}
