using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Server.Serving;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ModelOperator.Server.Tests.Grpc;

/// <summary>Health and reflection.</summary>
public sealed class ToolTests
{
    private const string Check = "grpc.health.v1.Health/Check";

    private CallServer _server = null!;

    [SetUp]
    public async Task StartAsync() => _server = await CallServer.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("")]
    [TestCase("inference.GRPCInferenceService")]
    public async Task Health_is_that_of_the_models_until_the_server_drains(string service)
    {
        Assert.That(await CheckAsync(service), Is.EqualTo(ServingStatus.Serving));

        _server.Server.Services.GetRequiredService<DrainState>().Begin();

        Assert.That(await CheckAsync(service), Is.EqualTo(ServingStatus.NotServing));
    }

    [Test]
    public async Task Health_of_an_unknown_service_is_not_found()
    {
        RawClient.Answer answer = await _server.Client.CallAsync(
            Check, Frames.Plain(new HealthCheckRequest { Service = "x" }.ToByteArray()));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.NotFound));
    }

    [Test]
    public async Task A_watch_tells_changes_and_ends_with_the_server()
    {
        using HttpResponseMessage response =
            await _server.Client.StartAsync(RawClient.Request("grpc.health.v1.Health/Watch", new ByteArrayContent(Frames.Plain([]))));
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        Assert.That(await ReadAsync(stream), Is.EqualTo(ServingStatus.Serving));

        _server.Server.Services.GetRequiredService<DrainState>().Begin();

        Assert.That(await ReadAsync(stream).WaitAsync(TimeSpan.FromSeconds(10)), Is.EqualTo(ServingStatus.NotServing));
        await _server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        await stream.CopyToAsync(Stream.Null);
        Assert.That(response.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo("14"));
    }

    [TestCase("grpc.reflection.v1.ServerReflection")]
    [TestCase("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Reflection_tells_services_and_their_files(string service)
    {
        ServerReflectionRequest[] requests =
        [
            new() { ListServices = "" },
            new() { FileContainingSymbol = "inference.GRPCInferenceService.ModelInfer" },
            new() { FileContainingSymbol = "grpc.health.v1.Health.Check" },
            new() { FileContainingSymbol = "grpc.health.v1.Nothing" },
        ];

        RawClient.Answer answer = await _server.Client.CallAsync(
            $"{service}/ServerReflectionInfo", [.. requests.SelectMany(r => Frames.Plain(r.ToByteArray()))]);

        ServerReflectionResponse[] told = [.. answer.Messages.Select(m => ServerReflectionResponse.Parser.ParseFrom(m.Payload))];
        Assert.That(answer.Status, Is.EqualTo(StatusCode.OK));
        Assert.That(told[0].ListServicesResponse.Service.Select(s => s.Name), Is.EqualTo(new[]
        {
            "inference.GRPCInferenceService",
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        }));
        Assert.That(Names(told[1]), Is.EqualTo(new[] { "grpc_service.proto", "model_config.proto" }));
        Assert.That(Names(told[2]), Has.Exactly(1).EndsWith("health.proto"));
        Assert.That(told[3].ErrorResponse.ErrorCode, Is.EqualTo((int)StatusCode.NotFound));
    }

    private static IEnumerable<string> Names(ServerReflectionResponse response) =>
        response.FileDescriptorResponse.FileDescriptorProto.Select(f => FileDescriptorProto.Parser.ParseFrom(f).Name);

    private async Task<ServingStatus> CheckAsync(string service)
    {
        RawClient.Answer answer = await _server.Client.CallAsync(
            Check, Frames.Plain(new HealthCheckRequest { Service = service }.ToByteArray()));
        return HealthCheckResponse.Parser.ParseFrom(answer.Messages.Single().Payload).Status;
    }

    private static async Task<ServingStatus> ReadAsync(Stream stream)
    {
        byte[] prefix = new byte[5];
        await stream.ReadExactlyAsync(prefix);
        byte[] message = new byte[prefix[4]];
        await stream.ReadExactlyAsync(message);
        return HealthCheckResponse.Parser.ParseFrom(message).Status;
    }
}
