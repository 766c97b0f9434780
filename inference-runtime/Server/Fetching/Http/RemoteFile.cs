namespace ModelOperator.Server.Fetching.Http;

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

    /// <summary>Whether parts can be asked for also when the answers do not say so.</summary>
    public bool HasRanges { get; init; }
}
