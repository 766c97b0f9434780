using System.IO.Compression;
using System.Text;

namespace ModelOperator.Fetch.Archives;

/// <summary>Unpacks zip archives.</summary>
internal static class ZipUnpacking
{
    private const int UnixModeShift = 16;
    private const int FileTypeMask = 0xF000;
    private const int SymbolicLink = 0xA000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private const int MaxTargetBytes = 4096;

    public static async Task UnpackAsync(Stream stream, ArchiveWriter writer, CancellationToken cancellationToken)
    {
        await using ZipArchive archive = await ZipArchive.CreateAsync(
            stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            int type = (entry.ExternalAttributes >> UnixModeShift) & FileTypeMask;
            if (DesktopFiles.Contains(entry.FullName))
            {
                writer.Count();
            }
            else if (entry.FullName.EndsWith('/'))
            {
                writer.AddFolder(entry.FullName);
            }
            else if (type == SymbolicLink)
            {
                writer.AddLink(entry.FullName, await TargetAsync(entry, cancellationToken));
            }
            else if (type is 0 or RegularFile or Folder)
            {
                await using Stream content = await entry.OpenAsync(cancellationToken);
                await writer.AddFileAsync(entry.FullName, content, cancellationToken);
            }
            else
            {
                throw SafePath.Refused(entry.FullName, "which is neither a file nor a folder");
            }
        }
    }

    private static async Task<string> TargetAsync(ZipArchiveEntry entry, CancellationToken cancellationToken)
    {
        await using Stream content = await entry.OpenAsync(cancellationToken);
        byte[] target = new byte[MaxTargetBytes];
        int length = await content.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(target, 0, length);
    }
}
