namespace ModelOperator.Server.Fetching.Download;

/// <summary>A piece of a file and how much of it is there.</summary>
internal sealed class FilePart
{
    public long Start { get; init; }

    /// <summary>Where it ends, exclusively; null when only the end of the answer tells.</summary>
    public long? End { get; set; }

    /// <summary>Up to where it is there.</summary>
    public long Position { get; set; }

    /// <summary>Whether nothing of it is missing.</summary>
    public bool IsDone { get; set; }
}
