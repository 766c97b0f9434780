using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOperator.Router.Forwarding;

/// <summary>
/// A request body that can be sent to one pod after another. Small ones are read whole into pooled memory; of larger ones,
/// and when the memory for all of them is used up, the beginning is kept and the rest streamed, which can be done once.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstRead = 4096;

    private readonly BufferBudget budget;
    private readonly Stream rest;
    private byte[] buffer;
    private int length;
    private PrefixedStream? sent;

    private RequestBody(BufferBudget budget, Stream rest)
    {
        this.budget = budget;
        this.rest = rest;
        buffer = [];
    }

    /// <summary>The body, or its beginning.</summary>
    public ReadOnlySpan<byte> Beginning => buffer.AsSpan(0, length);

    /// <summary>Whether <see cref="Beginning"/> is all of it.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether it can be sent (again) from its first byte.</summary>
    public bool CanSend => IsComplete || sent is null || !sent.RestTouched;

    /// <param name="limit">How many bytes to keep at most.</param>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context, int limit, BufferBudget budget, CancellationToken cancellationToken)
    {
        var body = new RequestBody(budget, context.Request.Body);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            body.IsComplete = true;
            return body;
        }

        try
        {
            await body.FillAsync(limit, (int)Math.Min(context.Request.ContentLength ?? FirstRead, limit), cancellationToken);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>A stream of the whole body for one attempt.</summary>
    public Stream Open() => sent = new PrefixedStream(buffer.AsMemory(0, length), IsComplete ? Stream.Null : rest);

    public void Dispose() => Replace([]);

    private async ValueTask FillAsync(int limit, int expected, CancellationToken cancellationToken)
    {
        // A declared length is believed only as far as bytes arrive, lest idle clients tie up memory.
        if (!TryGrow(Math.Clamp(expected + 1, FirstRead, 64 * 1024))) return;
        while (true)
        {
            if (length == buffer.Length && (length > limit || !TryGrow(Math.Min(length * 2, limit + 1)))) return;
            int read = await rest.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                IsComplete = true;
                return;
            }

            length += read;
            if (length > limit) return;
        }
    }

    private bool TryGrow(int size)
    {
        if (size <= buffer.Length) return false;
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        if (!budget.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        buffer.AsSpan(0, length).CopyTo(larger);
        Replace(larger);
        return true;
    }

    private void Replace(byte[] with)
    {
        byte[] old = buffer;
        buffer = with;
        if (old.Length == 0) return;
        budget.Return(old.Length);
        ArrayPool<byte>.Shared.Return(old);
    }
}
