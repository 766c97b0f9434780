using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ModelOperator.Server.Tests.Tracing;

/// <summary>A span as it came over the wire.</summary>
internal sealed record ReceivedSpan(string TraceId, string SpanId, string ParentId, string Name, ulong Start, ulong End);

/// <summary>Takes traces as OTLP's HTTP with protobuf sends them.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public IReadOnlyCollection<ReceivedSpan> Spans => _spans;

    public static async Task<OtlpReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        OtlpReceiver receiver = new(builder.Build());
        receiver._app.MapPost("/v1/traces", (RequestDelegate)receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        // ExportTraceServiceRequest.resource_spans[].scope_spans[].spans[]
        foreach (byte[] span in Messages(body.ToArray(), 1).SelectMany(r => Messages(r, 2)).SelectMany(s => Messages(s, 2)))
        {
            _spans.Enqueue(Read(span));
        }

        context.Response.ContentType = "application/x-protobuf";
    }

    private static ReceivedSpan Read(byte[] span)
    {
        ReceivedSpan read = new("", "", "", "", 0, 0);
        CodedInputStream input = new(span);
        while (input.ReadTag() is > 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: read = read with { TraceId = Hex(input.ReadBytes()) }; break;
                case 2: read = read with { SpanId = Hex(input.ReadBytes()) }; break;
                case 4: read = read with { ParentId = Hex(input.ReadBytes()) }; break;
                case 5: read = read with { Name = input.ReadString() }; break;
                case 7: read = read with { Start = input.ReadFixed64() }; break;
                case 8: read = read with { End = input.ReadFixed64() }; break;
                default: input.SkipLastField(); break;
            }
        }

        return read;
    }

    private static List<byte[]> Messages(byte[] message, int field)
    {
        List<byte[]> found = [];
        CodedInputStream input = new(message);
        while (input.ReadTag() is > 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == field)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
