using System.Buffers;
using System.IO.Pipelines;

namespace ModelOperator.BenchmarkLimits.Kestrel;

/// <summary>What the limits answer: the same requests as the server gets, with a body that is read to its end.</summary>
internal static class Answers
{
    private static readonly byte[] EmptyMessage = new byte[5];

    public static async Task NothingAsync(HttpContext context)
    {
        // The readiness probe of the benchmark.
        if (HttpMethods.IsGet(context.Request.Method))
        {
            return;
        }

        PipeReader body = context.Request.BodyReader;
        while (true)
        {
            ReadResult read = await body.ReadAsync();
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            StartGrpc(context);
            await context.Response.BodyWriter.WriteAsync(EmptyMessage);
            context.Response.AppendTrailer("grpc-status", "0");
            return;
        }

        context.Response.ContentLength = 0;
    }

    /// <summary>
    /// Bytes go from the connection into one buffer, are copied to another as a model that does nothing would, and go out from there.
    /// </summary>
    public static async Task EchoAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            return;
        }

        int length = (int)context.Request.ContentLength.GetValueOrDefault();
        byte[] received = ArrayPool<byte>.Shared.Rent(length);
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await ReadAsync(context.Request.BodyReader, received.AsMemory(0, length));
            received.AsSpan(0, length).CopyTo(copy);
            if (HttpProtocol.IsHttp2(context.Request.Protocol))
            {
                StartGrpc(context);
            }
            else
            {
                context.Response.ContentLength = length;
            }

            await context.Response.BodyWriter.WriteAsync(copy.AsMemory(0, length));
            if (HttpProtocol.IsHttp2(context.Request.Protocol))
            {
                context.Response.AppendTrailer("grpc-status", "0");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(received);
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static void StartGrpc(HttpContext context) => context.Response.ContentType = "application/grpc";

    private static async ValueTask ReadAsync(PipeReader body, Memory<byte> target)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync();
            int length = (int)Math.Min(read.Buffer.Length, target.Length);
            read.Buffer.Slice(0, length).CopyTo(target.Span);
            target = target[length..];
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
