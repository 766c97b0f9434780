using System.Security.Cryptography;

namespace ModelOperator.Server.Execution;

/// <summary>
/// The key that seals what is kept for the next start. Without one from a Secret a pod makes its own, in its temporary directory: a
/// container that is started again finds it, and other pods that write to the same volume never see it.
/// </summary>
internal static class CacheKey
{
    private const int Bytes = 32;
    private const int LeastBytes = 16;
    private const int MostBytes = 64 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where a pod keeps the key that it made.</summary>
    private static string OwnFile => Path.Combine(Path.GetTempPath(), "model-operator-cache.key");

    /// <summary>The key in a file, or the pod's own when none is named.</summary>
    public static byte[] Load(string? file) => file is null ? Own(OwnFile) : Given(file);

    /// <summary>A pod's own key: the one in a file that nobody else can read, else a new one.</summary>
    internal static byte[] Own(string file)
    {
        try
        {
            return TryReadOwn(file) ?? Make(file) ?? TryReadOwn(file) ?? RandomNumberGenerator.GetBytes(Bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Good for this process: the next one makes everything anew.
            return RandomNumberGenerator.GetBytes(Bytes);
        }
    }

    private static byte[] Given(string file)
    {
        try
        {
            return new FileInfo(file).Length is >= LeastBytes and <= MostBytes
                ? SHA256.HashData(File.ReadAllBytes(file))
                : throw new TerminatingException(
                    FailureReasons.InvalidConfiguration,
                    $"--cache-key-file {file} has {new FileInfo(file).Length} bytes, expected {LeastBytes} to {MostBytes} random ones");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"--cache-key-file {file} cannot be read: {e.Message}", e);
        }
    }

    private static byte[]? TryReadOwn(string file)
    {
        if (!File.Exists(file)
            || (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file) != OwnerOnly)
            || new FileInfo(file).Length != Bytes)
        {
            return null;
        }

        return File.ReadAllBytes(file);
    }

    /// <summary>Null when another process made one at the same time.</summary>
    private static byte[]? Make(string file)
    {
        byte[] key = RandomNumberGenerator.GetBytes(Bytes);
        string partial = $"{file}.{Guid.NewGuid():N}";
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (FileStream stream = new(partial, options))
            {
                stream.Write(key);
            }

            File.Move(partial, file, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
