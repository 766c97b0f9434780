using System.Text.Json.Serialization;

namespace ModelOperator.Server.Fetching.Download;

/// <summary>What of a file is there, kept beside it so that a fetch that is started again goes on.</summary>
internal sealed record DownloadState
{
    /// <summary>Tells which file of which store it is.</summary>
    public string Identity { get; init; } = "";

    /// <summary>The strong entity tag of what is there.</summary>
    public string? EntityTag { get; init; }

    public long Total { get; init; }

    public List<FilePart> Parts { get; init; } = [];

    /// <summary>Whether it describes a file that can be gone on with: parts that adjoin each other and cover it.</summary>
    public bool IsConsistent(long length)
    {
        long at = 0;
        foreach (FilePart part in Parts)
        {
            if (part.Start != at || part.End is not { } end || end <= part.Start || part.Position < part.Start || part.Position > end
                || part.IsDone != (part.Position == end) || (part.Position > part.Start && part.Position > length))
            {
                return false;
            }

            at = end;
        }

        return Total > 0 && at == Total;
    }
}

[JsonSerializable(typeof(DownloadState))]
internal sealed partial class DownloadJson : JsonSerializerContext;
