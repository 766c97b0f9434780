using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ModelOperator.Addressing;
using ModelOperator.Fetch;

namespace ModelOperator.Server.Evaluation;

/// <summary>
/// A labelled data set in a file. One at a URI is downloaded first: reading it twice, to count its rows and to ask them, costs less than
/// asking half a million rows of a data set that turns out to be cut off.
/// </summary>
internal sealed class Dataset : IDisposable
{
    private readonly EvaluateOptions _options;
    private readonly string _path;
    private readonly bool _isOurs;

    private Dataset(EvaluateOptions options, string path, bool isOurs) => (_options, _path, _isOurs) = (options, path, isOurs);

    /// <summary>Opens the data set, and downloads it when it is at a URI.</summary>
    public static async Task<Dataset> OpenAsync(
        EvaluateOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (options.Dataset.StartsWith('/') || !options.Dataset.Contains("://", StringComparison.Ordinal))
        {
            return new Dataset(options, options.Dataset, isOurs: false);
        }

        string folder = Path.Combine(options.Directory, $"dataset-{Guid.NewGuid():N}");
        string path = Path.Combine(folder, "dataset.ndjson");
        FetchOptions fetch = new()
        {
            Address = ModelAddress.TryParse(options.Dataset, out ModelAddress address, out string problem)
                ? address
                : throw new TerminatingException(FailureReasons.InvalidConfiguration, $"--dataset cannot be used: it {problem}"),
            Output = path,
            Sha256 = options.Sha256,
            Credentials = options.Credentials,
            WorkloadIdentity = options.WorkloadIdentity,
            Networks = options.Networks,
            Volume = options.Volume,
            Unpack = false,
            MaxBytes = options.MaxBytes,
        };
        try
        {
            await new ModelFetcher(fetch, time, logger).FetchAsync(cancellationToken);
        }
        catch (TerminatingException e)
        {
            Remove(folder);
            throw new TerminatingException(ReasonOf(e.Reason), $"data set: {e.Message}", e);
        }

        return new Dataset(options, path, isOurs: true);
    }

    /// <summary>Counts the rows, and checks all that can be checked of the file without understanding its rows.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await CheckDigestAsync(cancellationToken);
        long rows = 0;
        await foreach (Line line in ReadAsync(cancellationToken))
        {
            if (++rows > _options.MaxRows)
            {
                throw new TerminatingException(
                    FailureReasons.DatasetInvalid,
                    $"the data set has more than {_options.MaxRows} rows, the limit, from line {line.Number} on");
            }
        }

        return rows > 0 ? rows : throw new TerminatingException(FailureReasons.DatasetInvalid, "the data set has no rows");
    }

    /// <summary>The rows, as they stand in the file.</summary>
    public async IAsyncEnumerable<Line> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using FileStream stream = Open();
        await foreach (Line line in Lines.ReadAsync(stream, _options.MaxLineBytes, cancellationToken))
        {
            yield return line;
        }
    }

    public void Dispose()
    {
        if (_isOurs)
        {
            Remove(Path.GetDirectoryName(_path)!);
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task CheckDigestAsync(CancellationToken cancellationToken)
    {
        // What was downloaded has been checked on its way.
        if (_options.Sha256 is not { } expected || _isOurs)
        {
            return;
        }

        await using FileStream stream = Open();
        string actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        if (actual != expected)
        {
            throw new TerminatingException(
                FailureReasons.DigestMismatch, $"data set: the digest of {_path} is sha256:{actual}, expected sha256:{expected}");
        }
    }

    private FileStream Open()
    {
        try
        {
            FileStream stream = new(
                _path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
            return stream.Length <= _options.MaxBytes
                ? stream
                : throw new TerminatingException(
                    FailureReasons.DatasetInvalid,
                    $"the data set has {stream.Length} bytes, more than {_options.MaxBytes}, the limit");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.DatasetNotFound, $"the data set cannot be read: {e.Message}", e);
        }
    }

    private static string ReasonOf(string reason) => reason switch
    {
        FailureReasons.ModelNotFound => FailureReasons.DatasetNotFound,
        FailureReasons.ModelDownloadFailed => FailureReasons.DatasetDownloadFailed,
        _ => reason,
    };
}
