using System.Net;
using Google.Protobuf;
using ModelOperator.GrpcMessages;

namespace ModelOperator.Server.Tests.Grpc;

/// <summary>A server and a client of its calls.</summary>
internal sealed class CallServer : IAsyncDisposable
{
    public const string Infer = "inference.GRPCInferenceService/ModelInfer";

    public const string Stream = "inference.GRPCInferenceService/ModelStreamInfer";

    private CallServer(TestServer server)
    {
        Server = server;
        Client = new RawClient(server.GrpcAddress);
    }

    public TestServer Server { get; }

    public RawClient Client { get; }

    public static async Task<CallServer> StartAsync(Func<Serving.ServeOptions, Serving.ServeOptions>? change = null) =>
        new(await TestServer.DigitsAsync(change));

    /// <summary>A request for some digits.</summary>
    public static byte[] Digits(int rows = 1, string model = "digits", string id = "") => new ModelInferRequest
    {
        ModelName = model,
        Id = id,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "image", Datatype = "FP32", Shape = { rows, 64 } } },
        RawInputContents = { ByteString.CopyFrom(new byte[rows * 64 * sizeof(float)]) },
    }.ToByteArray();

    /// <summary>Begins a call whose client sends some bytes and then neither more nor an end.</summary>
    public Task<HttpResponseMessage> BeginAsync(
        string path, byte[] bytes, CancellationToken cancellationToken = default, params (string, string)[] headers) =>
        Client.StartAsync(RawClient.Request(path, new OpenContent(bytes), headers), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    private sealed class OpenContent(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(System.IO.Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            System.IO.Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            // The client ends the body once it has the answer, which is no failure.
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
