using Google.Protobuf;
using Google.Protobuf.Reflection;
using ModelOperator.Grpc.Health.V1;
using ModelOperator.Grpc.Reflection.V1;
using static ModelOperator.Grpc.Health.V1.HealthCheckResponse.Types;

namespace ModelOperator.Grpc.Tests;

public sealed class ServiceTests
{
    private EchoServer _server = null!;
    private RawClient _client = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _server = await EchoServer.StartAsync();
        _client = new RawClient(_server.Address);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [TestCase("", true, "Serving")]
    [TestCase("test.Echo", true, "Serving")]
    [TestCase("test.Echo", false, "NotServing")]
    public async Task Health_is_that_of_the_source(string service, bool serving, string status)
    {
        _server.Serving = serving;

        RawClient.Answer answer = await _client.CallAsync("grpc.health.v1.Health/Check", Frames.Plain(new HealthCheckRequest { Service = service }.ToByteArray()));

        Assert.That(HealthCheckResponse.Parser.ParseFrom(answer.Messages.Single().Payload).Status.ToString(), Is.EqualTo(status));
    }

    [Test]
    public async Task Health_of_an_unknown_service_is_not_found()
    {
        RawClient.Answer answer = await _client.CallAsync("grpc.health.v1.Health/Check", Frames.Plain(new HealthCheckRequest { Service = "x" }.ToByteArray()));

        Assert.That((answer.Status, answer.Message), Is.EqualTo((StatusCode.NotFound, "there is no service 'x'")));
    }

    [Test]
    public async Task All_health_is_listed()
    {
        RawClient.Answer answer = await _client.CallAsync("grpc.health.v1.Health/List", Frames.Plain([]));

        Assert.That(HealthListResponse.Parser.ParseFrom(answer.Messages.Single().Payload).Statuses.Keys, Is.EquivalentTo(new[] { "", "test.Echo" }));
    }

    [Test]
    public async Task A_watch_tells_changes_and_ends_with_the_server()
    {
        using HttpResponseMessage response = await _client.StartAsync(RawClient.Request("grpc.health.v1.Health/Watch", new ByteArrayContent(Frames.Plain([]))));
        await using Stream stream = await response.Content.ReadAsStreamAsync();

        Assert.That(await ReadAsync(stream), Is.EqualTo(ServingStatus.Serving));
        _server.Serving = false;
        Assert.That(await ReadAsync(stream), Is.EqualTo(ServingStatus.NotServing));
        await _server.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(await stream.ReadAsync(new byte[1]), Is.Zero);
        Assert.That(response.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo("14"));
    }

    [TestCase("grpc.reflection.v1.ServerReflection")]
    [TestCase("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Reflection_tells_services_and_their_files(string service)
    {
        ServerReflectionRequest[] requests =
        [
            new() { ListServices = "" },
            new() { FileContainingSymbol = "grpc.health.v1.Health.Check" },
            new() { FileByFilename = "grpc/reflection/v1alpha/reflection.proto" },
            new() { AllExtensionNumbersOfType = "grpc.health.v1.HealthCheckRequest" },
            new() { FileContainingSymbol = "grpc.health.v1.Nothing" },
            new() { FileContainingExtension = new ExtensionRequest { ContainingType = "grpc.health.v1.HealthCheckRequest", ExtensionNumber = 7 } },
            new(),
        ];

        RawClient.Answer answer = await _client.CallAsync($"{service}/ServerReflectionInfo", [.. requests.SelectMany(r => Frames.Plain(r.ToByteArray()))]);

        ServerReflectionResponse[] told = [.. answer.Messages.Select(m => ServerReflectionResponse.Parser.ParseFrom(m.Payload))];
        Assert.That(answer.Status, Is.EqualTo(StatusCode.Ok));
        Assert.That(told.Select(t => t.OriginalRequest), Is.EqualTo(requests));
        Assert.That(told[0].ListServicesResponse.Service.Select(s => s.Name), Is.EqualTo(new[]
        {
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        }));
        Assert.That(Names(told[1]), Is.EqualTo(new[] { "grpc/health/v1/health.proto" }));
        Assert.That(Names(told[2]), Is.EqualTo(new[] { "grpc/reflection/v1alpha/reflection.proto" }));
        Assert.That(told[3].AllExtensionNumbersResponse.BaseTypeName, Is.EqualTo("grpc.health.v1.HealthCheckRequest"));
        Assert.That(told[4].ErrorResponse, Is.EqualTo(new ErrorResponse { ErrorCode = 5, ErrorMessage = "there is no symbol 'grpc.health.v1.Nothing'" }));
        Assert.That(told[5].ErrorResponse.ErrorCode, Is.EqualTo(5));
        Assert.That(told[6].ErrorResponse.ErrorCode, Is.EqualTo(3));
    }

    private static IEnumerable<string> Names(ServerReflectionResponse response) =>
        response.FileDescriptorResponse.FileDescriptorProto.Select(f => FileDescriptorProto.Parser.ParseFrom(f).Name);

    private static async Task<ServingStatus> ReadAsync(Stream stream)
    {
        byte[] prefix = new byte[5];
        await stream.ReadExactlyAsync(prefix);
        byte[] message = new byte[prefix[4]];
        await stream.ReadExactlyAsync(message);
        return HealthCheckResponse.Parser.ParseFrom(message).Status;
    }
}
