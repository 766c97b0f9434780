using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace ModelOperator.Server.Fetching;

/// <summary>The tries to download one model into one file.</summary>
internal sealed class ModelDownload(FetchOptions options, HttpClient client, PartialFile file, TimeProvider time, ILogger logger)
{
    private const int ChunkSize = 128 * 1024;
    private readonly FetchProgress _progress = new(time, logger);
    private EntityTagHeaderValue? _tag;

    /// <summary>Downloads what is still missing.</summary>
    /// <exception cref="TransientDownloadException">The next try may do better.</exception>
    /// <exception cref="TerminatingException">It may not.</exception>
    public async Task TryAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource stall = new(options.StallTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response = await SendAsync(either.Token);
            Prepare(response);
            await CopyAsync(response, stall, either.Token);
        }
        catch (OperationCanceledException e) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TransientDownloadException($"nothing came for {options.StallTimeout.TotalSeconds} s", e);
        }
        catch (HttpRequestException e) when (e.InnerException is TerminatingException forbidden)
        {
            throw new TerminatingException(forbidden.Reason, forbidden.Message, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TransientDownloadException(e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message, e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(CancellationToken cancellationToken)
    {
        Uri uri = options.Uri;
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, uri);
            if (options.Credentials is not null && ModelUri.SameOrigin(uri, options.Uri))
            {
                request.Headers.Authorization = options.Credentials.Header;
            }

            if (file.Length > 0 && _tag is not null)
            {
                request.Headers.Range = new RangeHeaderValue(file.Length, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(_tag);
            }

            HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } location)
            {
                return response;
            }

            using (response)
            {
                uri = Follow(uri, location, redirects);
            }
        }
    }

    private Uri Follow(Uri from, Uri location, int redirects)
    {
        Uri to = location.IsAbsoluteUri ? location : new Uri(from, location);
        string? refusal = redirects >= options.MaxRedirects ? $"there are more than {options.MaxRedirects} redirects"
            : from.Scheme == Uri.UriSchemeHttps && to.Scheme == Uri.UriSchemeHttp ? "it leads from https to http"
            : ModelUri.Refusal(to);
        if (refusal is not null)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed, $"{ModelUri.Loggable(from)} redirects to {to.Scheme}://{to.Host}, which is not followed: {refusal}");
        }

        LogMessages.Redirected(logger, ModelUri.Loggable(to));
        return to;
    }

    /// <summary>Brings the file to where the answer goes on.</summary>
    private void Prepare(HttpResponseMessage response)
    {
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == file.Length;
        if (!goesOn)
        {
            file.Clear();
        }

        if (response.StatusCode != HttpStatusCode.OK && !goesOn)
        {
            throw Failure(response);
        }

        _tag = response.Headers.ETag is { IsWeak: false } tag ? tag : null;
        long? total = file.Length + response.Content.Headers.ContentLength;
        if (total > options.MaxBytes)
        {
            throw TooLarge();
        }

        _progress.Begin(file.Length, total);
    }

    private async Task CopyAsync(HttpResponseMessage response, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            int read;
            while ((read = await body.ReadAsync(chunk, cancellationToken)) > 0)
            {
                if (file.Length + read > options.MaxBytes)
                {
                    throw TooLarge();
                }

                await file.AppendAsync(chunk.AsMemory(0, read), cancellationToken);
                _progress.Report(file.Length);
                stall.CancelAfter(options.StallTimeout);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private Exception Failure(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        string source = ModelUri.Loggable(options.Uri);
        string answer = $"{source} answers {status} {response.ReasonPhrase}".TrimEnd();
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new TerminatingException(FailureReasons.ModelNotFound, answer),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new TerminatingException(
                FailureReasons.CredentialsMissing,
                options.Credentials is null ? $"{answer} and no credentials are given" : $"{answer} to the credentials given"),
            // The file is another one by now: the next try takes it whole.
            HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests =>
                new TransientDownloadException(answer, RetryAfter(response)),
            _ when status >= 500 => new TransientDownloadException(answer, RetryAfter(response)),
            _ => new TerminatingException(FailureReasons.ModelDownloadFailed, answer),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - time.GetUtcNow()) : null;

    private TerminatingException TooLarge() =>
        new(FailureReasons.ModelDownloadFailed, $"{ModelUri.Loggable(options.Uri)} is larger than {options.MaxBytes} bytes, the limit");
}
