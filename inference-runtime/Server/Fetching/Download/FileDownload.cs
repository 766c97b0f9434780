using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using ModelOperator.Server.Fetching.Http;

namespace ModelOperator.Server.Fetching.Download;

/// <summary>
/// Downloads one file. The first answer is asked for whole; when it is large and the store can give parts of the very same file, it is left at
/// the end of the first part and the others are asked for side by side.
/// </summary>
internal sealed class FileDownload(
    RemoteFile file, StagedFile staged, FetchOptions options, ModelClient client, Tries tries, TimeProvider time, ILogger logger)
{
    private const int ChunkSize = 128 * 1024;
    private const int MaxParts = 1024;
    private const int MaxChanges = 3;
    private readonly FetchProgress _progress = new(time, logger);
    private TaskCompletionSource _begun = new();
    private ConcurrentQueue<FilePart> _waiting = new();
    private bool _inOnePart;
    private Exception? _failure;

    /// <summary>Downloads what is missing of the file.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (staged.IsResumed)
        {
            FetchLog.Resuming(logger, staged.Length);
        }

        for (int changes = 1; ; changes++)
        {
            try
            {
                await DownloadAsync(cancellationToken);
                return;
            }
            catch (ContentChangedException e) when (changes < MaxChanges)
            {
                FetchLog.Changed(logger, e.Message);
                staged.Clear();
                // A store that changes its mind from one part to the next is asked for everything at once.
                _inOnePart = changes > 1;
            }
            catch (ContentChangedException e)
            {
                throw new TerminatingException(FailureReasons.ModelDownloadFailed, $"{file.Name} keeps changing while it is downloaded: {e.Message}", e);
            }
        }
    }

    private async Task DownloadAsync(CancellationToken cancellationToken)
    {
        if (staged.Parts.Count == 0)
        {
            staged.Begin(null, null, [new FilePart()]);
        }

        _failure = null;
        _begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting = new ConcurrentQueue<FilePart>(staged.Parts.Where(part => !part.IsDone));
        _progress.Begin(staged.Length, staged.Total);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            if (_waiting.TryDequeue(out FilePart? first))
            {
                // What there is to do side by side is known once the first answer has begun.
                Task lead = WorkAsync(first, stop);
                await Task.WhenAny(lead, staged.Total is null ? _begun.Task : Task.CompletedTask);
                int others = Math.Min(options.Connections - 1, _waiting.Count);
                await Task.WhenAll([lead, .. Enumerable.Range(0, others).Select(_ => WorkAsync(null, stop))]);
            }
        }
        catch (Exception) when (_failure is not null)
        {
            if (_failure is not ContentChangedException)
            {
                staged.Save();
            }

            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    private async Task WorkAsync(FilePart? part, CancellationTokenSource stop)
    {
        try
        {
            while (part is not null || _waiting.TryDequeue(out part))
            {
                FilePart current = part;
                await tries.RunAsync(
                    file.Name,
                    async stall =>
                    {
                        await CopyAsync(current, stall);
                        return current;
                    },
                    stop.Token);
                staged.Finish(current);
                part = null;
            }
        }
        catch (Exception e)
        {
            // The others are ended by this failure; theirs say nothing.
            Interlocked.CompareExchange(ref _failure, e, null);
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task CopyAsync(FilePart part, StallTimer stall)
    {
        if (part.Position > part.Start && !CanGoOn)
        {
            part.Position = part.Start;
        }

        bool asksForPart = part.Position > 0 || staged.Parts.Count > 1;
        using HttpResponseMessage response = await client.SendAsync(file, asksForPart ? request => AskForPart(request, part) : null, stall.Token);
        stall.Restart();
        await AcceptAsync(part, response, asksForPart, stall.Token);
        await using Stream body = await response.Content.ReadAsStreamAsync(stall.Token);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            while (part.End is not { } end || part.Position < end)
            {
                int wanted = (int)Math.Min(chunk.Length, (part.End ?? long.MaxValue) - part.Position);
                int read = await body.ReadAsync(chunk.AsMemory(0, wanted), stall.Token);
                if (read == 0)
                {
                    break;
                }

                if (part.Position + read > options.MaxBytes)
                {
                    throw TooLarge();
                }

                await staged.WriteAsync(part, chunk.AsMemory(0, read), stall.Token);
                _progress.Add(read);
                stall.Restart();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        long? whole = part.End ?? staged.Total;
        if (part.Position < whole)
        {
            throw new TransientDownloadException($"{file.Name} ended after {part.Position} bytes, expected {whole}");
        }
    }

    // Parts of a file go together when the store promises that it is the same file, or when a digest will tell.
    private bool CanGoOn => staged.EntityTag is not null || (file.Sha256 ?? options.Sha256) is not null;

    private void AskForPart(HttpRequestMessage request, FilePart part)
    {
        request.Headers.Range = new RangeHeaderValue(part.Position, part.End == staged.Total ? null : part.End - 1);
        if (staged.EntityTag is { } tag)
        {
            request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue(tag));
        }
    }

    /// <summary>Checks that an answer is what was asked for; the first one tells how to go on.</summary>
    private async Task AcceptAsync(FilePart part, HttpResponseMessage response, bool asksForPart, CancellationToken cancellationToken)
    {
        string? tag = response.Headers.ETag is { IsWeak: false } strong ? strong.Tag : null;
        if (asksForPart && response.StatusCode == HttpStatusCode.PartialContent)
        {
            ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
            if (range?.From != part.Position || (staged.Total is { } total && range.Length is { } length && length != total)
                || (staged.EntityTag is { } known && tag is not null && tag != known))
            {
                throw new ContentChangedException($"{file.Name} answers with {range} {tag}, expected bytes {part.Position}- of {staged.Total} {staged.EntityTag}");
            }

            return;
        }

        if (asksForPart && (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable
            || (response.StatusCode == HttpStatusCode.OK && staged.Parts.Count > 1)))
        {
            throw new ContentChangedException($"{file.Name} answers {(int)response.StatusCode} to a request for a part");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await client.FailureAsync(file, response, cancellationToken);
        }

        Begin(part, response, tag);
    }

    private void Begin(FilePart first, HttpResponseMessage response, string? tag)
    {
        long? total = response.Content.Headers.ContentLength;
        if (total > options.MaxBytes)
        {
            throw TooLarge();
        }

        DiskSpace.Check(staged.Path, total ?? 0);
        (first.Position, first.End) = (0, null);
        List<FilePart> parts = [first];
        bool hasRanges = file.HasRanges || response.Headers.AcceptRanges.Contains("bytes");
        if (!_inOnePart && total is { } length && length > options.PartBytes && hasRanges && (tag ?? file.Sha256 ?? options.Sha256) is not null)
        {
            long size = Math.Max(options.PartBytes, (length + MaxParts - 1) / MaxParts);
            first.End = size;
            for (long start = size; start < length; start += size)
            {
                FilePart part = new() { Start = start, Position = start, End = Math.Min(start + size, length) };
                parts.Add(part);
                _waiting.Enqueue(part);
            }
        }
        else
        {
            first.End = total;
        }

        staged.Begin(tag, total, parts);
        _progress.Begin(0, total);
        _begun.TrySetResult();
    }

    private TerminatingException TooLarge() =>
        new(FailureReasons.ModelDownloadFailed, $"{file.Name} is larger than {options.MaxBytes} bytes, the limit");
}
