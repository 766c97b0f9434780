using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOperator.Router.Forwarding;

/// <summary>
/// A request body that can be sent to one pod after another. Small ones are read whole into pooled memory; of larger ones,
/// and when the memory for all of them is used up, the beginning is kept and the rest streamed, which can be done once.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstRead = 4096;

    private readonly BufferBudget _budget;
    private readonly IPAddress _client;
    private readonly Stream _rest;
    private byte[] _buffer;
    private int _length;
    private PrefixedStream? _sent;

    private RequestBody(BufferBudget budget, IPAddress client, Stream rest)
    {
        _budget = budget;
        _client = client;
        _rest = rest;
        _buffer = [];
    }

    /// <summary>The body, or its beginning.</summary>
    public ReadOnlySpan<byte> Beginning => _buffer.AsSpan(0, _length);

    /// <summary>Whether <see cref="Beginning"/> is all of it.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether there is more of it than was to be read; if not, what is missing found no memory.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Whether it can be sent (again) from its first byte.</summary>
    public bool CanSend => IsComplete || _sent is null || !_sent.RestTouched;

    /// <summary>Reads a body of up to <paramref name="limit"/> bytes whole, of a larger one that much.</summary>
    public static async ValueTask<RequestBody> ReadAsync(
        HttpContext context, int limit, BufferBudget budget, CancellationToken cancellationToken)
    {
        var body = new RequestBody(budget, context.Connection.RemoteIpAddress ?? IPAddress.None, context.Request.Body);
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
    public Stream Open() => _sent = new PrefixedStream(_buffer.AsMemory(0, _length), IsComplete ? Stream.Null : _rest);

    public void Dispose() => Replace([]);

    private async ValueTask FillAsync(int limit, int expected, CancellationToken cancellationToken)
    {
        // A declared length is believed only as far as bytes arrive, lest idle clients tie up memory.
        if (!TryGrow(Math.Clamp(expected + 1, FirstRead, 64 * 1024)))
        {
            return;
        }

        while (true)
        {
            if (_length == _buffer.Length && !TryGrow(Math.Min(_length * 2, limit + 1)))
            {
                return;
            }

            int read = await _rest.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
            if (read == 0)
            {
                IsComplete = true;
                return;
            }

            _length += read;
            IsTooLong = _length > limit;
            if (IsTooLong)
            {
                return;
            }
        }
    }

    private bool TryGrow(int size)
    {
        if (size <= _buffer.Length)
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        if (!_budget.TryTake(_client, larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        _buffer.AsSpan(0, _length).CopyTo(larger);
        Replace(larger);
        return true;
    }

    private void Replace(byte[] with)
    {
        byte[] old = _buffer;
        _buffer = with;
        if (old.Length == 0)
        {
            return;
        }

        _budget.Return(_client, old.Length);
        ArrayPool<byte>.Shared.Return(old);
    }
}
