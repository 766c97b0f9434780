namespace ModelOperator.Fetch;

/// <summary>
/// Small answers of stores in the shared cache: manifests and signatures. With them a pod starts while the store is away. Whoever takes one
/// out checks it, by its digest or with the key of the signature, since others write to the cache too.
/// </summary>
internal sealed class KeptAnswers(string directory)
{
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>An answer; null when none is there.</summary>
    public byte[]? TryRead(string name)
    {
        try
        {
            FileInfo file = new(Path.Combine(directory, name));
            return file.Exists && file.Length <= MaxBytes ? File.ReadAllBytes(file.FullName) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an answer that was checked, where that can be done.</summary>
    public void Write(string name, byte[] answer)
    {
        string partial = Path.Combine(directory, $"{name}.{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(partial, answer);
            File.Move(partial, Path.Combine(directory, name), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start asks the store.
        }
    }
}
