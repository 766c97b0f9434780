using ModelOperator.Evidence;

namespace ModelOperator.Router.Keys;

/// <summary>
/// The namespace's keys as this router knows them, read again from time to time from the file that the Secret is mounted as. Without a file, for a
/// router outside a cluster, they are its own.
/// </summary>
internal sealed class KeyRing
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly string? _file;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<KeyRing> _log;
    private volatile NamespaceKeys _current;
    private long _readAt;
    private bool _isUnreadable;

    /// <exception cref="FormatException">The file cannot be read.</exception>
    public KeyRing(string? file, TimeProvider timeProvider, ILogger<KeyRing> log)
    {
        (_file, _timeProvider, _log) = (file, timeProvider, log);
        _readAt = timeProvider.GetTimestamp();
        _current = file is null ? NamespaceKeys.Create(timeProvider.GetUtcNow()) : Read(file);
    }

    public NamespaceKeys Current => _current;

    /// <summary>Signs with the key whose time it is.</summary>
    public string Sign(string purpose, string text) => Current.Sign(purpose, text, _timeProvider.GetUtcNow());

    /// <summary>The token that another router takes.</summary>
    public string TokenFor(string routerPod) => RouterToken.For(routerPod, Current, _timeProvider.GetUtcNow());

    /// <summary>Reads the file again when it is time. What was read last stays when it cannot be read.</summary>
    public void Refresh()
    {
        if (_file is null || _timeProvider.GetElapsedTime(_readAt) < Period) return;
        _readAt = _timeProvider.GetTimestamp();
        try
        {
            _current = Read(_file);
            _isUnreadable = false;
        }
        catch (FormatException e)
        {
            if (!_isUnreadable) LogMessages.KeysUnreadable(_log, e.Message);
            _isUnreadable = true;
        }
    }

    private static NamespaceKeys Read(string file)
    {
        try
        {
            return NamespaceKeys.TryParse(File.ReadAllBytes(file), out NamespaceKeys? keys)
                ? keys
                : throw new FormatException($"KEYS_FILE {file} holds no keys: want lines of a time in seconds, a space and 32 bytes in base64");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"KEYS_FILE {file} cannot be read: {e.Message}", e);
        }
    }
}
