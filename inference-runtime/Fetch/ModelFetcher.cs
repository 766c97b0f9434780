using System.Security.Cryptography;
using System.Text;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Archives;
using ModelOperator.Fetch.Http;
using ModelOperator.Fetch.Signatures;
using ModelOperator.Fetch.Stores;
using ModelOperator.Fetch.Volumes;

namespace ModelOperator.Fetch;

/// <summary>
/// Fetches a model: finds its files, gets them, checks digest and signature, unpacks archives, and only then gives the model its name.
/// </summary>
public sealed class ModelFetcher(FetchOptions options, TimeProvider time, ILogger logger)
{
    // What is being fetched is beside where it will be, so that it gets there by a rename.
    private const string StagingName = ".fetch";
    private const string MarkerName = ".fetched";
    private const string DigestName = ".digest";
    private readonly string _directory = Path.GetDirectoryName(Path.GetFullPath(options.Output))!;

    private string Staging => Path.Combine(_directory, StagingName);

    /// <summary>What an archive was, in a file beside what was in it.</summary>
    private string Marker => Path.Combine(_directory, MarkerName);

    /// <summary>The digest of all files, as it was fetched.</summary>
    private string DigestFile => Path.Combine(_directory, DigestName);

    /// <summary>Returns the digest of all that was fetched, as sha256:HEX.</summary>
    public async Task<string> FetchAsync(CancellationToken cancellationToken)
    {
        string source = options.Address.Name;
        if (await IsThereAsync(cancellationToken))
        {
            FetchLog.AlreadyFetched(logger, options.Output);
            return Name(await KeptDigestAsync(cancellationToken) ?? options.Sha256!);
        }

        FetchLog.Fetching(logger, source, options.Output);
        using CancellationTokenSource timeout = new(options.Timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            ModelFolder folder = NewFolder();
            var files = new FetchedFiles();
            string? archive = options.Address is VolumeAddress volume
                ? await CopyAsync(volume, folder, files, either.Token)
                : await DownloadAsync(folder, files, either.Token);
            CheckPin(files.Digest);
            File.Delete(Marker);
            File.Delete(DigestFile);
            folder.Publish();
            if (archive is not null)
            {
                await File.WriteAllTextAsync(Marker, archive, either.Token);
            }

            await File.WriteAllTextAsync(DigestFile, files.Digest, either.Token);
            return Name(files.Digest);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed, $"{source} could not be downloaded within {options.Timeout.TotalSeconds} s", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.ModelDownloadFailed, $"{source} cannot be written: {e.Message}", e);
        }
        finally
        {
            RemoveStaging();
        }
    }

    private static string Name(string sha256) => "sha256:" + sha256;

    private void CheckPin(string sha256)
    {
        if (options.Pin is { } pin && pin != sha256)
        {
            throw new TerminatingException(
                FailureReasons.DigestMismatch,
                $"the digest of what arrived is sha256:{sha256}, and this revision serves sha256:{pin}: "
                + "the model at its address has changed; put the earlier one back, or change spec.model.uri or spec.model.digest, "
                + "so that the new one is rolled out as a revision of its own");
        }
    }

    /// <summary>Returns the digest of the archive, when it was one.</summary>
    private async Task<string?> DownloadAsync(ModelFolder folder, FetchedFiles files, CancellationToken cancellationToken)
    {
        using HttpClient http = ModelHttp.NewClient(options.Networks);
        ModelClient client = new(http, options, time, logger);
        StoreContext context = new(options, http, client, new Tries(options, time, logger), time, logger);
        if (options is { Credentials: not null, Address: HttpAddress { Uri.Scheme: "http" } or OciAddress { PlainHttp: true } })
        {
            FetchLog.CredentialsInTheClear(logger, options.Address.Name);
        }

        ModelContent content = await ModelStores.Open(context).ResolveAsync(cancellationToken);
        string? signature = options.SignatureKey is null || content.IsVerified ? null
            : KeptSignature(context.Kept) ?? await DetachedSignature.DownloadAsync(content.Signature!, context, cancellationToken);
        ContentFile? main = Main(content);
        ContentCache? cache = options.Cache is { } shared ? new ContentCache(shared, options.CacheBytes, time, logger) : null;
        string? archive = null;
        for (int i = 0; i < content.Files.Count; i++)
        {
            ContentFile file = content.Files[i];
            string staged = Path.Combine(Staging, $"file-{i}");
            string? expected = Expected(file, main);
            string digest = await GetAsync(new FileDownload(file.File, expected, context), expected, cache, staged, cancellationToken);
            files.Add(file.Path ?? "", digest);
            if (signature is not null)
            {
                DetachedSignature.Check(options.SignatureKey!, digest, signature, options.Address.Name);
                context.Kept?.Write(SignatureName(digest), Encoding.ASCII.GetBytes(signature));
                FetchLog.SignatureRight(logger, options.Address.Name);
            }

            archive = await PlaceAsync(staged, file.Path, file.IsArchive, folder, cancellationToken) ? digest : archive;
        }

        await new WeightFiles(options, folder).AddAsync(
            archive is null && content.Beside is { } beside
                ? name => DownloadBesideAsync(name, beside(name), files, context, cancellationToken)
                : null);
        return archive;
    }

    /// <summary>The signature that an earlier fetch found, if it is right: what was signed once needs no store to say so again.</summary>
    private string? KeptSignature(KeptAnswers? answers)
    {
        string? kept = options.Sha256 is { } sha256 && answers?.TryRead(SignatureName(sha256)) is { } bytes
            ? Encoding.ASCII.GetString(bytes)
            : null;
        return kept is not null && options.SignatureKey!.Verifies(Convert.FromHexString(options.Sha256!), kept) ? kept : null;
    }

    private static string SignatureName(string sha256) => $"signature-{sha256}";

    /// <summary>Downloads a file that lies beside the model, and checks its signature; returns where it is.</summary>
    private async Task<string> DownloadBesideAsync(
        string name, (RemoteFile File, RemoteFile Signature) beside, FetchedFiles files, StoreContext context,
        CancellationToken cancellationToken)
    {
        string? signature = options.SignatureKey is null
            ? null
            : await DetachedSignature.DownloadAsync(beside.Signature, context, cancellationToken);
        string staged = Path.Combine(Staging, "beside");
        long there = Directory.EnumerateFiles(Staging, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        StoreContext rest = context with { Options = options with { MaxBytes = options.MaxBytes - there } };
        string digest = await new FileDownload(beside.File, sha256: null, rest).SaveAsync(staged, cancellationToken);
        if (signature is not null)
        {
            DetachedSignature.Check(options.SignatureKey!, digest, signature, beside.File.Name);
            FetchLog.SignatureRight(logger, beside.File.Name);
        }

        files.Add(name, digest);
        return staged;
    }

    /// <summary>Gets one file to disk; returns its digest.</summary>
    private static async Task<string> GetAsync(
        FileDownload download, string? sha256, ContentCache? cache, string target, CancellationToken cancellationToken)
    {
        if (cache is null || sha256 is null)
        {
            return await download.SaveAsync(target, cancellationToken);
        }

        await cache.GetAsync(sha256, target, path => download.SaveAsync(path, cancellationToken), cancellationToken);
        return sha256;
    }

    private async Task<string?> CopyAsync(
        VolumeAddress address, ModelFolder folder, FetchedFiles fetched, CancellationToken cancellationToken)
    {
        VolumeFiles files = new(
            options.Volume ?? throw new TerminatingException(
                FailureReasons.InvalidConfiguration,
                $"{options.Address.Name} needs --volume, the folder the claim is mounted at"),
            address.Claim);
        VolumeCopy copy = new(files, options, logger);
        if (files.IsFolder(address.Path) && options.Unpack)
        {
            await copy.FolderAsync(address, folder, fetched, cancellationToken);
            await new WeightFiles(options, folder).AddAsync(fetch: null);
            return null;
        }

        string staged = Path.Combine(Staging, "file-0");
        string digest = await copy.FileAsync(address, options.Sha256, staged, cancellationToken);
        fetched.Add("", digest);
        bool isArchive = await PlaceAsync(staged, path: null, isArchive: false, folder, cancellationToken);
        await new WeightFiles(options, folder).AddAsync(isArchive ? null : async name =>
        {
            VolumeAddress beside = address with
            {
                Name = StoreContext.Sibling(address.Name, name),
                Path = StoreContext.Sibling(address.Path, name),
            };
            fetched.Add(name, await copy.FileAsync(beside, sha256: null, staged, cancellationToken));
            return staged;
        });
        return isArchive ? digest : null;
    }

    /// <summary>Puts a file where it belongs in the model's folder, or unpacks it there. Returns whether it was an archive.</summary>
    private async Task<bool> PlaceAsync(
        string staged, string? path, bool isArchive, ModelFolder folder, CancellationToken cancellationToken)
    {
        if (options.Unpack && (isArchive || path is null)
            && await Archive.TryUnpackAsync(staged, folder.Root, options.ArchiveLimits, logger, cancellationToken))
        {
            File.Delete(staged);
            return true;
        }

        if (isArchive)
        {
            throw new TerminatingException(
                FailureReasons.ArchiveInvalid,
                $"{path} of {options.Address.Name} is none of the archives that are unpacked: tar, tar with gzip, and zip");
        }

        folder.Take(staged, path);
        return false;
    }

    /// <summary>The file that the digest asked for is of.</summary>
    private ContentFile? Main(ModelContent content)
    {
        ContentFile? main = content.Files is [var only] ? only
            : content.Files.SingleOrDefault(file => file.Path?.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) == true);
        return main is null && options.Sha256 is not null
            ? throw new TerminatingException(
                FailureReasons.InvalidConfiguration,
                $"the digest is of one file, and {options.Address.Name} has {content.Files.Count} of which none is the only ONNX file; "
                + "pin it by its manifest: @sha256:HEX")
            : main;
    }

    private string? Expected(ContentFile file, ContentFile? main)
    {
        string? told = file.File.Sha256;
        string? asked = file == main ? options.Sha256 : null;
        return told is null || asked is null || told == asked ? asked ?? told
            : throw new TerminatingException(
                FailureReasons.DigestMismatch, $"the digest of {file.File.Name} is sha256:{told}, expected sha256:{asked}");
    }

    private ModelFolder NewFolder()
    {
        try
        {
            // A process that was killed leaves what it had.
            RemoveStaging();
            return new ModelFolder(Staging, options.Output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.ModelDownloadFailed, $"cannot write {options.Output}: {e.Message}", e);
        }
    }

    private void RemoveStaging()
    {
        if (Directory.Exists(Staging))
        {
            Directory.Delete(Staging, recursive: true);
        }
    }

    /// <summary>A container that is started again finds what it fetched before; only a digest tells that it is still wanted.</summary>
    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(options.Output))
        {
            return false;
        }

        if (options.Pin is { } pin)
        {
            return await KeptDigestAsync(cancellationToken) == pin;
        }

        if (options.Sha256 is null)
        {
            return false;
        }

        if (File.Exists(Marker))
        {
            return await File.ReadAllTextAsync(Marker, cancellationToken) == options.Sha256;
        }

        await using FileStream stream = File.OpenRead(options.Output);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == options.Sha256;
    }

    private async Task<string?> KeptDigestAsync(CancellationToken cancellationToken) =>
        File.Exists(DigestFile) ? await File.ReadAllTextAsync(DigestFile, cancellationToken) : null;
}
