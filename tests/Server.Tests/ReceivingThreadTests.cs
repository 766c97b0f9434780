using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Tests;

/// <summary>The threads that receive serve many connections: what is quick is done there, and anything longer goes elsewhere first.</summary>
public sealed class ReceivingThreadTests
{
    private string _directory = null!;
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _directory = Directory.CreateTempSubdirectory().FullName;
        // Answers with as many zeros as it is asked for.
        string zeros = OnnxFile.Write(_directory, "ConstantOfShape", [("length", OnnxFile.Int64, ["1"])], [OnnxFile.Tensor("zeros", OnnxFile.Float, ["n"])], ["zeros"]);
        _server = await TestServer.StartAsync(zeros);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [TestCase(10, 0)]
    [TestCase(100_000, 1)]
    public void An_answer_is_written_elsewhere_where_it_is_long(int zeros, int moves)
    {
        (DefaultHttpContext context, Stream answer) = Post(Request(zeros));

        Assert.That(MovesOf(() => InferAsync(context)), Is.EqualTo(moves));
        Assert.That(answer.Length, Is.GreaterThan(2 * zeros));
    }

    [Test]
    public void An_answer_is_compressed_elsewhere()
    {
        (DefaultHttpContext context, Stream answer) = Post(Request(2000));
        context.Request.Headers.AcceptEncoding = "gzip";

        Assert.That(MovesOf(() => InferAsync(context)), Is.EqualTo(1));
        Assert.That(context.Response.Headers.ContentEncoding.ToString(), Is.EqualTo("gzip"));
        Assert.That(answer.Length, Is.Positive.And.LessThan(1000));
    }

    [Test]
    public void A_request_is_decompressed_elsewhere_however_small_it_came()
    {
        byte[] plain = Encoding.UTF8.GetBytes(new string(' ', 4 * 1024 * 1024));
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        (DefaultHttpContext context, _) = Post(compressed.ToArray());
        context.Request.Headers.ContentEncoding = "gzip";
        using Admission.Entry entry = _server.Services.GetRequiredService<Admission>().Enter();
        PooledBuffer? body = null;

        int moves = MovesOf(async () => body = await _server.Services.GetRequiredService<BodyReader>().ReadAsync(context.Request, entry, 0, CancellationToken.None));

        Assert.That(moves, Is.EqualTo(1));
        Assert.That(body!.Length, Is.EqualTo(plain.Length));
        body.Dispose();
    }

    private async Task InferAsync(HttpContext context)
    {
        ServedModel model = _server.Services.GetRequiredService<ModelRepository>().Find("digits", null);
        model.RunsLong = false;
        await _server.Services.GetRequiredService<InferEndpoint>().HandleAsync(context, model);
        Assert.That(context.Response.StatusCode, Is.EqualTo(200));
    }

    private static byte[] Request(int zeros) =>
        Encoding.UTF8.GetBytes($$"""{"inputs":[{"name":"length","datatype":"INT64","shape":[1],"data":[{{zeros}}]}]}""");

    private static (DefaultHttpContext Context, Stream Answer) Post(byte[] body)
    {
        DefaultHttpContext context = new();
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentLength = body.Length;
        MemoryStream answer = new();
        context.Response.Body = answer;
        return (context, answer);
    }

    /// <summary>How often work that starts here asked to go on elsewhere.</summary>
    private static int MovesOf(Func<Task> work)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        Moves moves = new();
        SynchronizationContext.SetSynchronizationContext(moves);
        try
        {
            Task done = work();
            while (!done.IsCompleted)
            {
                moves.Next();
            }

            done.GetAwaiter().GetResult();
            return moves.Count;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private sealed class Moves : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Go, object? State)> _waiting = [];

        public int Count { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Count++;
            _waiting.Enqueue((d, state));
        }

        public void Next()
        {
            (SendOrPostCallback go, object? state) = _waiting.Dequeue();
            go(state);
        }
    }
}
