namespace ModelOperator.Evidence;

/// <summary>
/// The namespace's keys as a program knows them, read again from time to time from the file that the Secret is mounted as. Without a file
/// they are the program's own, which nobody else knows.
/// </summary>
public sealed class KeyRing
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly string? _file;
    private readonly TimeProvider _timeProvider;
    private readonly Action<string> _unreadable;
    private volatile NamespaceKeys _current;
    private long _readAt;
    private bool _isUnreadable;

    /// <param name="file">The file; null for keys of one's own.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="unreadable">Hears why the file cannot be read, once until it can.</param>
    /// <param name="mayComeLater">Whether the file need not be there yet.</param>
    /// <exception cref="FormatException">The file cannot be read.</exception>
    public KeyRing(string? file, TimeProvider timeProvider, Action<string> unreadable, bool mayComeLater = false)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        (_file, _timeProvider, _unreadable) = (file, timeProvider, unreadable);
        _readAt = timeProvider.GetTimestamp();
        _current = file is null || mayComeLater ? NamespaceKeys.Create(timeProvider.GetUtcNow()) : Read(file);
        if (mayComeLater)
        {
            TryRead(file);
        }
    }

    public NamespaceKeys Current => _current;

    /// <summary>Signs with the key whose time it is.</summary>
    public string Sign(string purpose, string text) => Current.Sign(purpose, text, _timeProvider.GetUtcNow());

    /// <summary>The token that another router takes.</summary>
    public string TokenFor(string routerPod) => PodToken.For(routerPod, Current, _timeProvider.GetUtcNow());

    /// <summary>The token that an inference pod takes.</summary>
    public string TokenForInference(string pod) => PodToken.For(pod, Current.OfInferencePods, _timeProvider.GetUtcNow());

    /// <summary>Reads the file again when it is time. What was read last stays when it cannot be read.</summary>
    public void Refresh()
    {
        if (_file is not null && _timeProvider.GetElapsedTime(Volatile.Read(ref _readAt)) >= Period)
        {
            Volatile.Write(ref _readAt, _timeProvider.GetTimestamp());
            TryRead(_file);
        }
    }

    private void TryRead(string? file)
    {
        try
        {
            _current = file is null ? _current : Read(file);
            _isUnreadable = false;
        }
        catch (FormatException e)
        {
            if (!_isUnreadable)
            {
                _unreadable(e.Message);
            }

            _isUnreadable = true;
        }
    }

    private static NamespaceKeys Read(string file)
    {
        try
        {
            return NamespaceKeys.TryParse(File.ReadAllBytes(file), out NamespaceKeys? keys)
                ? keys
                : throw new FormatException(
                    $"the file of keys {file} holds no keys: want lines of a time in seconds, a space and 32 bytes in base64");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"the file of keys {file} cannot be read: {e.Message}", e);
        }
    }
}
