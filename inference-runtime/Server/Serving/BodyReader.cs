using System.Buffers;
using System.IO.Pipelines;
using ModelOperator.Protocol;
using ModelOperator.Server.Rest;

namespace ModelOperator.Server.Serving;

/// <summary>Reads request bodies whole, within the limits.</summary>
internal sealed class BodyReader(ServeOptions options)
{
    private const int FirstReservation = 16 * 1024;

    /// <summary>Reads a body.</summary>
    /// <param name="request">Whose body.</param>
    /// <param name="entry">What accounts for the memory.</param>
    /// <param name="padding">Bytes to leave free before the body, so that a part of it comes to lie well.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<PooledBuffer> ReadAsync(HttpRequest request, Admission.Entry entry, int padding, CancellationToken cancellationToken)
    {
        ContentCoding? coding = CodingOf(request);
        if (request.ContentLength > options.MaxBodyBytes)
        {
            throw TooLarge();
        }

        return coding is null
            ? ReadPlainAsync(request, entry, padding, cancellationToken)
            : ReadCompressedAsync(request, coding, entry, padding, cancellationToken);
    }

    private async ValueTask<PooledBuffer> ReadPlainAsync(
        HttpRequest request, Admission.Entry entry, int padding, CancellationToken cancellationToken)
    {
        long reserved = request.ContentLength ?? FirstReservation;
        entry.Reserve(reserved);
        PooledBuffer body = new((int)Math.Max(reserved, 1) + padding);
        try
        {
            body.Advance(padding);
            PipeReader reader = request.BodyReader;
            while (true)
            {
                ReadResult result = await reader.ReadAsync(cancellationToken);
                long length = body.Length - padding + result.Buffer.Length;
                if (length > options.MaxBodyBytes)
                {
                    throw TooLarge();
                }

                if (length > reserved)
                {
                    entry.Reserve(length);
                    reserved += length;
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
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            body.Dispose();
            throw Unreadable(e);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private async ValueTask<PooledBuffer> ReadCompressedAsync(
        HttpRequest request, ContentCoding coding, Admission.Entry entry, int padding, CancellationToken cancellationToken)
    {
        using PooledBuffer compressed = await ReadPlainAsync(request, entry, padding: 0, cancellationToken);
        return Decompress(compressed.Memory, coding, entry, padding, cancellationToken);
    }

    /// <summary>Decompresses up to the limit and not a byte more, however little came in.</summary>
    private PooledBuffer Decompress(
        ReadOnlyMemory<byte> compressed, ContentCoding coding, Admission.Entry entry, int padding, CancellationToken cancellationToken)
    {
        long reserved = FirstReservation;
        entry.Reserve(reserved);
        PooledBuffer body = new(FirstReservation);
        try
        {
            body.Advance(padding);
            using Stream plain = coding.Decompress(PipeReader.Create(new ReadOnlySequence<byte>(compressed)).AsStream());
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int read = plain.Read(body.GetSpan(FirstReservation / 4));
                if (read == 0)
                {
                    return body;
                }

                body.Advance(read);
                if (body.Length - padding > options.MaxBodyBytes)
                {
                    throw TooLarge();
                }

                if (body.Length > reserved)
                {
                    entry.Reserve(body.Length);
                    reserved += body.Length;
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // An IOException is what zlib's other refusals are, as of a dictionary that is not there.
            body.Dispose();
            throw new ProtocolException($"the body is not valid {coding.Name}, as its Content-Encoding says", e);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static ContentCoding? CodingOf(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is not { Count: > 0 } encoding
            || string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return ContentCoding.Find(encoding)
            ?? throw new ProtocolException(415, $"Content-Encoding is '{encoding}', expected gzip, deflate or identity");
    }

    /// <summary>Kestrel throws this for chunks whose size is no number it can hold, and when the client breaks the connection.</summary>
    private static ProtocolException Unreadable(IOException e) =>
        new("the body cannot be read: its chunks are broken, or it ended too early", e);

    private ProtocolException TooLarge() => new(413, $"the body is larger than {options.MaxBodyBytes} bytes, the limit");
}
