namespace ModelOperator.Server.Tests.Execution;

[Platform("Linux")]
public sealed class ImagePagesTests
{
    [Test]
    public async Task A_server_that_is_ready_does_not_hold_the_code_that_only_starting_needed()
    {
        await using ServerProcess server = ServerProcess.Start(
            "serve", "--model-name", "digits", "--model", Path.Combine(TestServer.Models, "digits-v1.onnx"), "--port", "0");
        using HttpClient client = await server.ReadyAsync();

        // ONNX Runtime's start alone touches 16 MiB of its code.
        Assert.That(server.ResidentCode("libonnxruntime.so"), Is.InRange(1, 8 * 1024 * 1024));
    }
}
