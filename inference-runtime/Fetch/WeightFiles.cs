using ModelOperator.Fetch.Archives;

namespace ModelOperator.Fetch;

/// <summary>
/// The files in which a model keeps its weights when they are not in the model itself (ONNX's external data). A model without them cannot
/// be loaded, so they are fetched too, or refused before a server would fail.
/// </summary>
internal sealed class WeightFiles(FetchOptions options, ModelFolder folder)
{
    private const int MaxFiles = 1000;
    private const int MaxNamed = 5;

    /// <summary>Adds to the folder what the model names and does not have.</summary>
    /// <param name="fetch">Fetches a file that lies beside the model; null when nothing does, as in an archive.</param>
    public async Task AddAsync(Func<string, Task<string>>? fetch)
    {
        // A data set is no model.
        IReadOnlyList<string> missing = options.Unpack ? folder.MissingWeights() : [];
        if (missing.Count == 0)
        {
            return;
        }

        string names = string.Join(", ", missing.Take(MaxNamed).Select(SafePath.Shown))
            + (missing.Count > MaxNamed ? $" and {missing.Count - MaxNamed} more" : "");
        if (missing.Count > MaxFiles || missing.Any(name => SafePath.TryOf(name, out string path) is not null || path.Length == 0))
        {
            throw new TerminatingException(
                FailureReasons.ModelInvalid,
                $"{options.Address.Name} keeps weights in {names}: expected at most {MaxFiles} files of its own folder");
        }

        if (fetch is null)
        {
            throw new TerminatingException(
                FailureReasons.ArchiveInvalid,
                $"{options.Address.Name} lacks files in which its model keeps weights: {names}; pack them beside the model");
        }

        if (options is { Sha256: not null, SignatureKey: null })
        {
            throw new TerminatingException(
                FailureReasons.InvalidConfiguration,
                $"{options.Address.Name} keeps weights in {names}, which its digest does not cover; "
                + "pack all files into an archive and give its digest, push them as one oci artifact, or sign each file");
        }

        foreach (string name in missing)
        {
            SafePath.TryOf(name, out string path);
            await AddAsync(path, fetch);
        }
    }

    private async Task AddAsync(string path, Func<string, Task<string>> fetch)
    {
        try
        {
            folder.TakeBeside(await fetch(path), path);
        }
        catch (TerminatingException e) when (e.Reason == FailureReasons.ModelNotFound)
        {
            throw new TerminatingException(
                FailureReasons.ModelNotFound,
                $"{options.Address.Name} keeps weights in {SafePath.Shown(path)}, which is not beside it: {e.Message}",
                e);
        }
    }
}
