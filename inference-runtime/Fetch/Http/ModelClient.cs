using System.Net;

namespace ModelOperator.Fetch.Http;

/// <summary>Sends requests for files: says who asks, follows redirects, and tells the file from a refusal.</summary>
internal sealed class ModelClient(HttpClient http, FetchOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Asks for a file or a part of it.</summary>
    /// <returns>An answer that may also be a refusal.</returns>
    public async Task<HttpResponseMessage> SendAsync(
        RemoteFile file, Action<HttpRequestMessage>? configure, CancellationToken cancellationToken)
    {
        Uri uri = file.Uri;
        bool recovered = false;
        for (int redirects = 0; ;)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, uri);
            if (file.Accept is { } accept)
            {
                request.Headers.TryAddWithoutValidation("Accept", accept);
            }

            configure?.Invoke(request);
            bool isOurs = redirects == 0 || (file.Authorization.AppliesToRedirects && SameOrigin(uri, file.Uri));
            if (isOurs)
            {
                await file.Authorization.ApplyAsync(request, cancellationToken);
            }

            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            try
            {
                if (isOurs && !recovered && await file.Authorization.RecoverAsync(response, cancellationToken))
                {
                    recovered = true;
                    response.Dispose();
                    continue;
                }
            }
            catch
            {
                response.Dispose();
                throw;
            }

            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location)
            {
                return response;
            }

            using (response)
            {
                uri = Follow(uri, location, redirects++);
            }
        }
    }

    /// <summary>What an answer that is not the file means.</summary>
    public async Task<Exception> FailureAsync(RemoteFile file, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        // The usual words for the status, not those of the answer.
        using HttpResponseMessage usual = new(response.StatusCode);
        string answer = $"{file.Name} answers {status} {usual.ReasonPhrase}".TrimEnd();
        if (await StoreErrors.CodeAsync(response, cancellationToken) is { } code)
        {
            answer += $" ({code})";
        }

        return response.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new TerminatingException(FailureReasons.ModelNotFound, answer),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new TerminatingException(
                FailureReasons.CredentialsMissing,
                file.Authorization.HasCredentials ? $"{answer} to the credentials given" : $"{answer} and no credentials are given"),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => new TransientDownloadException(answer, RetryAfter(response)),
            _ when status >= 500 => new TransientDownloadException(answer, RetryAfter(response)),
            _ => new TerminatingException(FailureReasons.ModelDownloadFailed, answer),
        };
    }

    /// <summary>Whether credentials for one URI may be sent to another.</summary>
    public static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme
        && one.Port == other.Port
        && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    private Uri Follow(Uri from, Uri location, int redirects)
    {
        Uri to = location.IsAbsoluteUri ? location : new Uri(from, location);
        string? address = IPAddress.TryParse(to.Host.Trim('[', ']'), out IPAddress? literal) ? options.Networks.Refusal(literal) : null;
        string? refusal = redirects >= options.MaxRedirects ? $"there are more than {options.MaxRedirects} redirects"
            : to.Scheme != Uri.UriSchemeHttp && to.Scheme != Uri.UriSchemeHttps ? $"its scheme is '{to.Scheme}'"
            : from.Scheme == Uri.UriSchemeHttps && to.Scheme == Uri.UriSchemeHttp ? "it leads from https to http"
            : to.UserInfo.Length > 0 ? "it holds a user name or password"
            : address;
        if (refusal is not null)
        {
            throw new TerminatingException(
                refusal == address ? FailureReasons.AddressRefused : FailureReasons.ModelDownloadFailed,
                $"{from.GetLeftPart(UriPartial.Path)} redirects to {to.Scheme}://{to.Host}, which is not followed: {refusal}");
        }

        FetchLog.Redirected(logger, to.GetLeftPart(UriPartial.Path));
        return to;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - time.GetUtcNow()) : null;

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
