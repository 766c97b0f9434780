using System.Security.Cryptography;
using System.Text;
using ModelOperator.Server.Fetching.Caching;
using ModelOperator.Server.Fetching.Download;
using ModelOperator.Server.Fetching.Http;
using ModelOperator.Server.Fetching.Stores;

namespace ModelOperator.Server.Fetching;

/// <summary>Gets one file to disk, whole and right: from the cache, or else from its store.</summary>
internal sealed class ContentFetch(StoreContext context, ContentCache? cache)
{
    /// <summary>Returns the digest of the file, which is then at the target.</summary>
    public async Task<string> FetchAsync(RemoteFile file, string? sha256, string target, CancellationToken cancellationToken)
    {
        if (cache is null || sha256 is null)
        {
            return await DownloadAsync(file, sha256, target, cancellationToken);
        }

        while (!await cache.TryCopyAsync(sha256, target, cancellationToken))
        {
            using IDisposable? held = await cache.LockAsync(sha256, cancellationToken);
            if (held is null)
            {
                return await DownloadAsync(file, sha256, target, cancellationToken);
            }

            // Whoever held the lock before may have downloaded it.
            if (await cache.TryCopyAsync(sha256, target, cancellationToken))
            {
                break;
            }

            await DownloadAsync(file, sha256, cache.PartialPath(sha256), cancellationToken);
            cache.Keep(sha256);
        }

        return sha256;
    }

    private async Task<string> DownloadAsync(RemoteFile file, string? sha256, string target, CancellationToken cancellationToken)
    {
        long start = context.Time.GetTimestamp();
        // Which file it is, is what its address says; who asks and until when may change from one process to the next.
        string identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{file.Name}\n{file.Uri}\n{sha256}")));
        using StagedFile staged = new(target, identity, context.Time);
        for (bool isResumed = staged.IsResumed; ; isResumed = false)
        {
            await new FileDownload(file, staged, context.Options, context.Client, context.Tries, context.Time, context.Logger).RunAsync(cancellationToken);
            string actual = await staged.HashAsync(cancellationToken);
            if (sha256 is null || actual == sha256)
            {
                FetchLog.Fetched(context.Logger, staged.Length, actual, Math.Round(context.Time.GetElapsedTime(start).TotalSeconds, 3));
                staged.Complete();
                return actual;
            }

            staged.Clear();
            if (!isResumed)
            {
                throw new TerminatingException(
                    FailureReasons.DigestMismatch, $"the digest of what arrived is sha256:{actual}, expected sha256:{sha256}");
            }

            // What an earlier process left may be what is wrong.
            FetchLog.Changed(context.Logger, file.Name);
        }
    }
}
