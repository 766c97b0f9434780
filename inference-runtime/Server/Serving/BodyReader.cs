using System.Buffers;
using System.IO.Pipelines;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Serving;

/// <summary>Reads request bodies whole, within the limits.</summary>
internal sealed class BodyReader(ServeOptions options)
{
    private const int FirstReservation = 16 * 1024;

    public async Task<PooledBuffer> ReadAsync(HttpRequest request, Admission.Entry entry, CancellationToken cancellationToken)
    {
        if (request.Headers.ContentEncoding.Count > 0 && !string.Equals(request.Headers.ContentEncoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProtocolException(415, "Content-Encoding is set, expected a body that is not compressed");
        }

        if (request.Headers.ContainsKey("Inference-Header-Content-Length"))
        {
            throw new ProtocolException("Inference-Header-Content-Length is set, but this server does not have the binary tensor extension: send JSON data");
        }

        if (request.ContentLength > options.MaxBodyBytes)
        {
            throw TooLarge();
        }

        long reserved = request.ContentLength ?? FirstReservation;
        entry.Reserve(reserved);
        PooledBuffer body = new((int)Math.Clamp(reserved, 1, FirstReservation * 4));
        try
        {
            PipeReader reader = request.BodyReader;
            while (true)
            {
                ReadResult result = await reader.ReadAsync(cancellationToken);
                if (body.Length + result.Buffer.Length > options.MaxBodyBytes)
                {
                    throw TooLarge();
                }

                if (body.Length + result.Buffer.Length > reserved)
                {
                    long more = body.Length + result.Buffer.Length;
                    entry.Reserve(more);
                    reserved += more;
                }

                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                {
                    body.Write(segment.Span);
                }

                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private ProtocolException TooLarge() => new(413, $"the body is larger than {options.MaxBodyBytes} bytes, the limit");
}
