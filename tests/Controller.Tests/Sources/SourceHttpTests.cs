using System.Net;
using System.Net.Sockets;
using ModelOperator.Controller.Sources;

namespace ModelOperator.Controller.Tests.Sources;

[Parallelizable(ParallelScope.All)]
public sealed class SourceHttpTests
{
    private static readonly SourceOptions Options = new() { Networks = SourceAddress.Parse("private,loopback", out _)! };

    [Test]
    public async Task A_source_that_does_not_answer_in_time_is_given_up()
    {
        await using SourceServer server = await SourceServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        Assert.That(
            () => SendAsync(server.Address, Options, TimeSpan.FromMilliseconds(200)),
            Throws.TypeOf<SourceException>().With.Message.EqualTo("no answer within 0.2 seconds"));
    }

    [Test]
    public async Task A_source_that_answers_byte_by_byte_is_given_up_too()
    {
        await using SourceServer server = await SourceServer.StartAsync(async context =>
        {
            while (true)
            {
                await context.Response.Body.WriteAsync(new byte[1], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(10, context.RequestAborted);
            }
        });

        Assert.That(
            () => SendAsync(server.Address, Options, TimeSpan.FromMilliseconds(300)),
            Throws.TypeOf<SourceException>().With.Message.Contains("no answer within"));
    }

    [Test]
    public async Task An_endless_answer_is_not_read_to_the_end()
    {
        byte[] chunk = new byte[64 * 1024];
        await using SourceServer server = await SourceServer.StartAsync(async context =>
        {
            while (true)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        });

        Assert.That(
            () => SendAsync(server.Address, Options),
            Throws.TypeOf<SourceException>().With.Message.EqualTo("the answer is larger than 1048576 bytes"));
    }

    [Test]
    public async Task An_answer_that_breaks_off_is_none()
    {
        await using SourceServer server = await SourceServer.StartAsync(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(new byte[10]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        Assert.That(() => SendAsync(server.Address, Options), Throws.TypeOf<SourceException>());
    }

    [Test]
    public void A_source_that_is_gone_is_named()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        int port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();

        Assert.That(
            () => SendAsync($"http://127.0.0.1:{port}", Options),
            Throws.TypeOf<SourceException>().With.Message.Contains($"127.0.0.1:{port}"));
    }

    [Test]
    public void A_name_that_does_not_exist_is_named() => Assert.That(
        () => SendAsync("http://prometheus.invalid", Options),
        Throws.TypeOf<SourceException>().With.Message.Contains("prometheus.invalid"));

    [Test]
    public async Task A_redirect_is_not_followed()
    {
        await using SourceServer other = await SourceServer.AnsweringAsync("secret");
        await using SourceServer server = await SourceServer.StartAsync(context =>
        {
            context.Response.Redirect(other.Address);
            return Task.CompletedTask;
        });

        (HttpStatusCode status, byte[] body) = await SendAsync(server.Address, Options);

        Assert.That((status, body.Length, other.Requests.Count), Is.EqualTo((HttpStatusCode.Found, 0, 0)));
    }

    [TestCase("http://127.0.0.1:1")]
    [TestCase("http://localhost:1")]
    [TestCase("http://[::1]:1")]
    [TestCase("http://[::ffff:127.0.0.1]:1")]
    [TestCase("http://169.254.169.254")]
    [TestCase("http://2852039166")]
    [TestCase("http://[::ffff:169.254.169.254]")]
    [TestCase("http://[fe80::1]")]
    [TestCase("http://[fd00:ec2::254]")]
    [TestCase("http://100.100.100.200")]
    [TestCase("http://168.63.129.16")]
    [TestCase("http://0.0.0.0")]
    [TestCase("http://[::]")]
    [TestCase("http://224.0.0.1")]
    [TestCase("http://255.255.255.255")]
    [TestCase("http://[64:ff9b::169.254.169.254]")]
    [TestCase("http://[64:ff9b:1::169.254.169.254]")]
    [TestCase("http://[2002:a9fe:a9fe::]")]
    [TestCase("http://[::ffff:0:169.254.169.254]")]
    [TestCase("http://[64:ff9b::127.0.0.1]")]
    [TestCase("http://[fd20:ce::254]")]
    public void Nothing_is_sent_to_the_operator_itself_or_to_a_metadata_service(string address) => Assert.That(
        () => SendAsync(address, new SourceOptions()),
        Throws.TypeOf<SourceException>().With.Message.Contains("no request is sent to"));

    [Test]
    public void A_list_limits_the_private_networks() => Assert.That(
        () => SendAsync("http://10.1.2.3:1", new SourceOptions { Networks = SourceAddress.Parse("10.96.0.0/12", out _)! }),
        Throws.TypeOf<SourceException>()
            .With.Message.EndsWith(
                "no request is sent to 10.1.2.3: 10.1.2.3 is a private address, which the installation does not allow"));

    [Test]
    public async Task What_a_stranger_says_in_another_protocol_is_not_quoted()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        Task greeting = Task.Run(async () =>
        {
            while (true)
            {
                using TcpClient client = await stranger.AcceptTcpClientAsync();
                // What is not read would end the connection before the greeting arrives.
                Assert.That(await client.GetStream().ReadAtLeastAsync(new byte[4096], 1), Is.Positive);
                await client.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.6 hunter2\r\n\r\n"u8.ToArray());
            }
        });

        Assert.That(
            () => SendAsync($"http://127.0.0.1:{((IPEndPoint)stranger.LocalEndpoint).Port}", Options),
            Throws.TypeOf<SourceException>().With.Message.EqualTo("the answer is not valid HTTP"));
        stranger.Stop();
        Assert.That(() => greeting, Throws.InstanceOf<Exception>());
    }

    private static async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(string address, SourceOptions options, TimeSpan? limit = null)
    {
        using var http = new SourceHttp(options, TimeProvider.System);
        return await http.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, new Uri(address)), limit ?? TimeSpan.FromSeconds(5), CancellationToken.None);
    }
}
