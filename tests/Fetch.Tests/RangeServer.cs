using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace ModelOperator.Fetch.Tests;

/// <summary>A store that gives parts of a file, and counts what it is asked for.</summary>
internal sealed class RangeServer : IAsyncDisposable
{
    private FileServer _server = null!;

    public byte[] Content { get; set; } = [];

    public string? EntityTag { get; set; } = "\"v1\"";

    /// <summary>Whether a part is given only of the file that If-Range names, as it should.</summary>
    public bool HonoursIfRange { get; set; } = true;

    /// <summary>Done before each answer, with its number from 1.</summary>
    public Func<int, HttpContext, Task>? Before { get; set; }

    public ConcurrentQueue<string> Ranges { get; } = new();

    public int Requests;

    public int AtOnce;

    public int MostAtOnce;

    public string Address => _server.Uri().AbsoluteUri;

    public static async Task<RangeServer> StartAsync(byte[] content)
    {
        RangeServer server = new() { Content = content };
        server._server = await FileServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        int number = Interlocked.Increment(ref Requests);
        int now = Interlocked.Increment(ref AtOnce);
        InterlockedMax(ref MostAtOnce, now);
        try
        {
            if (Before is { } before)
            {
                await before(number, context);
            }

            string range = context.Request.Headers.Range.ToString();
            Ranges.Enqueue(range);
            context.Response.Headers.AcceptRanges = "bytes";
            context.Response.Headers.ETag = EntityTag;
            string ifRange = context.Request.Headers.IfRange.ToString();
            int from = 0, to = Content.Length;
            if (range.Length > 0 && (!HonoursIfRange || ifRange.Length == 0 || ifRange == EntityTag))
            {
                string[] bounds = range["bytes=".Length..].Split('-');
                from = int.Parse(bounds[0]);
                if (from >= to)
                {
                    context.Response.StatusCode = 416;
                    return;
                }

                to = bounds[1].Length > 0 ? Math.Min(int.Parse(bounds[1]) + 1, to) : to;
                context.Response.StatusCode = 206;
                context.Response.Headers.ContentRange = $"bytes {from}-{to - 1}/{Content.Length}";
            }

            context.Response.ContentLength = to - from;
            for (int at = from; at < to; at += 32 * 1024)
            {
                await context.Response.Body.WriteAsync(Content.AsMemory(at, Math.Min(32 * 1024, to - at)), context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has what it wanted of this answer.
        }
        finally
        {
            Interlocked.Decrement(ref AtOnce);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref target)) && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
            // Another answer was counted in between.
        }
    }
}
