using System.Text;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Archives;
using ModelOperator.Fetch.Signatures;

namespace ModelOperator.Fetch.Volumes;

/// <summary>Copies a model from a volume: what is served is what was checked, whatever is written to the volume later.</summary>
internal sealed class VolumeCopy(VolumeFiles files, FetchOptions options, ILogger logger)
{
    private const int MaxSignatureBytes = 1024;

    /// <summary>Copies a file and checks it; returns its digest.</summary>
    /// <param name="address">The file.</param>
    /// <param name="sha256">Its digest, when it must have one.</param>
    /// <param name="target">Where to copy it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> FileAsync(VolumeAddress address, string? sha256, string target, CancellationToken cancellationToken)
    {
        FetchLog.Copying(logger, address.Name);
        string digest;
        await using (FileStream source = files.Open(address.Path))
        {
            digest = await FileCopy.CopyAsync(source, target, options.MaxBytes, cancellationToken);
        }

        if (sha256 is { } expected && digest != expected)
        {
            throw new TerminatingException(
                FailureReasons.DigestMismatch, $"the digest of what arrived is sha256:{digest}, expected sha256:{expected}");
        }

        if (options.SignatureKey is { } key)
        {
            DetachedSignature.Check(key, digest, await SignatureAsync(address, cancellationToken), address.Name);
            FetchLog.SignatureRight(logger, address.Name);
        }

        return digest;
    }

    /// <summary>Copies the files of a folder.</summary>
    public async Task FolderAsync(VolumeAddress address, ModelFolder folder, FetchedFiles fetched, CancellationToken cancellationToken)
    {
        if (options.Sha256 is not null || options.SignatureKey is not null)
        {
            throw new TerminatingException(
                FailureReasons.InvalidConfiguration,
                $"{address.Name} is a folder; a digest and a signature are of a file, which may be an archive");
        }

        FetchLog.Copying(logger, address.Name);
        long left = options.MaxBytes;
        int entries = 0;
        foreach (string path in files.List(address.Path, options.ArchiveLimits.MaxEntries))
        {
            if (++entries > options.ArchiveLimits.MaxEntries)
            {
                throw new TerminatingException(
                    FailureReasons.ModelInvalid,
                    $"{address.Name} holds more than {options.ArchiveLimits.MaxEntries} files, the limit");
            }

            if (DesktopFiles.Contains(path))
            {
                continue;
            }

            await using FileStream source = files.Open(path);
            string name = Path.GetRelativePath(address.Path, path);
            fetched.Add(name, await FileCopy.CopyAsync(source, Path.Combine(folder.Root, name), left, cancellationToken));
            left -= source.Length;
        }
    }

    private async Task<string> SignatureAsync(VolumeAddress address, CancellationToken cancellationToken)
    {
        string path = address.Path + ".sig";
        if (!files.IsFile(path))
        {
            throw new TerminatingException(FailureReasons.SignatureInvalid, $"the model is not signed: there is no {address.Name}.sig");
        }

        await using FileStream file = files.Open(path);
        byte[] content = new byte[MaxSignatureBytes];
        int length = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.ASCII.GetString(content, 0, length);
    }
}
