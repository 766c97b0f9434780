using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using ModelOperator.Fetch.Http;
using ModelOperator.Fetch.Stores;

namespace ModelOperator.Fetch;

/// <summary>
/// Downloads one file. A large file comes in parts, several at a time, because object stores limit each connection, not the
/// client (Amazon advises one request for every 85 to 90 MB/s). A part that breaks off continues where it stopped. A process that restarts
/// begins again: a record of the parts on disk would only help the few downloads that a crash interrupts.
/// </summary>
internal sealed class FileDownload(RemoteFile file, string? sha256, StoreContext context)
{
    private const int ChunkSize = 128 * 1024;
    private const int HashBufferSize = 1024 * 1024;
    private const int MaxDownloads = 3;
    private readonly FetchOptions _options = context.Options;
    private readonly FetchProgress _progress = new(context.Time, context.Logger);
    private EntityTagHeaderValue? _tag;
    private long? _total;

    // Parts go together when the store promises that they are of the same file, or when a digest will tell.
    private bool CanJoin => _tag is not null || sha256 is not null;

    /// <summary>Writes the file to a path; returns its digest, which is the one expected.</summary>
    public async Task<string> SaveAsync(string path, CancellationToken cancellationToken)
    {
        long start = context.Time.GetTimestamp();
        await using FileStream target = Create(path);
        for (int download = 1; ; download++)
        {
            try
            {
                // A file whose parts did not go together is asked for in one piece.
                await DownloadAsync(target, inParts: download == 1, cancellationToken);
                break;
            }
            catch (PartMismatchException e) when (download < MaxDownloads)
            {
                FetchLog.BeginsAgain(context.Logger, e.Message);
            }
            catch (PartMismatchException e)
            {
                throw new TerminatingException(
                    FailureReasons.ModelDownloadFailed, $"{file.Name} keeps changing while it is downloaded: {e.Message}", e);
            }
        }

        string actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(target, cancellationToken));
        if (sha256 is not null && actual != sha256)
        {
            throw new TerminatingException(
                FailureReasons.DigestMismatch, $"the digest of what arrived is sha256:{actual}, expected sha256:{sha256}");
        }

        target.Flush(flushToDisk: true);
        FetchLog.Fetched(context.Logger, target.Length, actual, Math.Round(context.Time.GetElapsedTime(start).TotalSeconds, 3));
        return actual;
    }

    private static FileStream Create(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, HashBufferSize, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    private async Task DownloadAsync(FileStream target, bool inParts, CancellationToken cancellationToken)
    {
        (_tag, _total) = (null, null);
        Part first = new(0, inParts ? _options.PartBytes : null);
        await CopyAsync(first, target, cancellationToken);
        if (first.End is { } end && end < _total)
        {
            await Parallel.ForEachAsync(
                PartsFrom(end, _total.Value),
                new ParallelOptions { MaxDegreeOfParallelism = _options.Connections, CancellationToken = cancellationToken },
                async (part, token) => await CopyAsync(part, target, token));
        }
    }

    private IEnumerable<Part> PartsFrom(long start, long end)
    {
        for (long at = start; at < end; at += _options.PartBytes)
        {
            yield return new Part(at, Math.Min(at + _options.PartBytes, end));
        }
    }

    private Task<Part> CopyAsync(Part part, FileStream target, CancellationToken cancellationToken) => context.Tries.RunAsync(
        file.Name,
        async stall =>
        {
            part.Position = CanJoin ? part.Position : part.Start;
            using HttpResponseMessage response = await context.Client.SendAsync(file, request => Ask(request, part), stall.Token);
            stall.Restart();
            await AcceptAsync(part, response, target, stall.Token);
            await CopyAsync(part, response, target, stall);
            return part.Position >= (part.End ?? 0)
                ? part
                : throw new TransientDownloadException($"{file.Name} ended after {part.Position} bytes, expected {part.End}");
        },
        cancellationToken);

    private void Ask(HttpRequestMessage request, Part part)
    {
        if (part.Position > 0 || part.End is not null)
        {
            request.Headers.Range = new RangeHeaderValue(part.Position, part.End - 1);
            request.Headers.IfRange = _tag is null ? null : new RangeConditionHeaderValue(_tag);
        }
    }

    /// <summary>Checks that an answer is the part asked for, or the whole file while no other part is there.</summary>
    private async Task AcceptAsync(Part part, HttpResponseMessage response, FileStream target, CancellationToken cancellationToken)
    {
        EntityTagHeaderValue? tag = response.Headers.ETag is { IsWeak: false } strong ? strong : null;
        if (response.StatusCode == HttpStatusCode.OK && part.Start == 0)
        {
            (part.Position, part.End) = (0, response.Content.Headers.ContentLength);
            target.SetLength(0);
            Begin(part.End, tag, target);
        }
        else if (response.StatusCode == HttpStatusCode.PartialContent
            && response.Content.Headers.ContentRange is { Length: { } length } range)
        {
            part.End = Math.Min(part.End ?? length, length);
            if (range.From != part.Position || range.To != part.End - 1 || (_total ?? length) != length
                || (_tag is not null && tag is not null && !tag.Equals(_tag)))
            {
                throw new PartMismatchException(
                    $"{file.Name} answers with another part or version, expected bytes {part.Position}-{part.End - 1} of {_total}");
            }

            if (_total is null)
            {
                Begin(length, tag, target);
            }

            if (part.End < length && !CanJoin)
            {
                throw new PartMismatchException(
                    $"{file.Name} has neither an entity tag nor a digest to tell which parts are of the same file");
            }
        }
        else if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            throw new PartMismatchException($"{file.Name} answers {(int)response.StatusCode} to a request for a part");
        }
        else
        {
            throw await context.Client.FailureAsync(file, response, cancellationToken);
        }
    }

    private void Begin(long? total, EntityTagHeaderValue? tag, FileStream target)
    {
        if (total > _options.MaxBytes)
        {
            throw TooLarge();
        }

        DiskSpace.Check(target.Name, total ?? 0);
        (_total, _tag) = (total, tag);
        _progress.Begin(total);
    }

    private async Task CopyAsync(Part part, HttpResponseMessage response, FileStream target, StallTimer stall)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(stall.Token);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            int read;
            while ((read = await body.ReadAsync(
                chunk.AsMemory(0, (int)Math.Min(chunk.Length, (part.End ?? long.MaxValue) - part.Position)),
                stall.Token)) > 0)
            {
                if (part.Position + read > _options.MaxBytes)
                {
                    throw TooLarge();
                }

                await WriteAsync(target, chunk.AsMemory(0, read), part.Position, stall.Token);
                part.Position += read;
                _progress.Add(read);
                stall.Restart();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static async Task WriteAsync(FileStream target, ReadOnlyMemory<byte> bytes, long position, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(target.SafeFileHandle, bytes, position, cancellationToken);
        }
        catch (IOException e)
        {
            throw CannotWrite(target.Name, e);
        }
    }

    private TerminatingException TooLarge() =>
        new(FailureReasons.ModelDownloadFailed, $"{file.Name} is larger than {_options.MaxBytes} bytes, the limit");

    private static TerminatingException CannotWrite(string path, Exception e) =>
        new(FailureReasons.ModelDownloadFailed, $"cannot write {path}: {e.Message}", e);

    /// <summary>
    /// A piece of the file: where it begins, where it ends (null when only the end of the answer tells) and how much of it is there.
    /// </summary>
    private sealed class Part(long start, long? end)
    {
        public long Start { get; } = start;

        public long? End { get; set; } = end;

        public long Position { get; set; } = start;
    }

    private sealed class PartMismatchException(string message) : Exception(message);
}
