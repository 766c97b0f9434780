using System.Net.Http.Headers;

namespace ModelOperator.Fetch.Http;

/// <summary>A file that HTTP requests get.</summary>
/// <param name="Name">What it is called in logs and messages; holds no secret.</param>
/// <param name="Uri">Where it is.</param>
/// <param name="Authorization">How requests say who asks.</param>
internal sealed record RemoteFile(string Name, Uri Uri, Authorization Authorization)
{
    /// <summary>SHA-256 that the store tells beforehand, in lower-case hexadecimal digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Media types to ask for.</summary>
    public string? Accept { get; init; }
}

/// <summary>How requests for a file say who asks. It is applied to the host it is for, never to one that a redirect leads to.</summary>
internal class Authorization
{
    /// <summary>Asks as nobody.</summary>
    public static Authorization None { get; } = new();

    /// <summary>Whether anything secret is told.</summary>
    public virtual bool HasCredentials => false;

    /// <summary>Whether it says who asks in the request's headers, which a redirect on the same host is to have as well.</summary>
    public virtual bool AppliesToRedirects => true;

    /// <summary>Adds to a request what it needs; the last thing done to it, so that headers can be signed.</summary>
    public virtual ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Learns from an answer that is not the file. Returns whether the request may do better now.</summary>
    public virtual ValueTask<bool> RecoverAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        ValueTask.FromResult(false);
}

/// <summary>The same header each time.</summary>
internal sealed class HeaderAuthorization(AuthenticationHeaderValue header) : Authorization
{
    public override bool HasCredentials => true;

    public AuthenticationHeaderValue Header => header;

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = header;
        return ValueTask.CompletedTask;
    }
}
