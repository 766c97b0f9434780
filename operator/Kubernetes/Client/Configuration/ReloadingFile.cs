using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>
/// What a file says, read anew once it is a minute old: tokens and certificates in pods are replaced while the program runs. What was
/// read before is kept when the file cannot be read, and stays the same instance while the content is the same.
/// </summary>
internal sealed class ReloadingFile<T>(string path, Func<string, T> parse, TimeProvider timeProvider, ILogger logger)
    where T : class
{
    private const int MaxBytes = 1 << 20;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private T? _value;
    private byte[] _contentHash = [];
    private long _readAt;

    public string Path => path;

    public T Get()
    {
        lock (_lock)
        {
            if (_value is { } known && timeProvider.GetElapsedTime(_readAt) < Period)
            {
                return known;
            }

            var now = timeProvider.GetTimestamp();
            try
            {
                return Read(now);
            }
            catch (Exception e) when (_value is not null
                && e is IOException or UnauthorizedAccessException or KubernetesConfigurationException)
            {
                logger.RereadFailed(path, e);
                _readAt = now;
                return _value!;
            }
        }
    }

    /// <summary>Forgets what was read before <paramref name="timestamp"/>: the server refused it.</summary>
    public void DropOlderThan(long timestamp)
    {
        lock (_lock)
        {
            if (_readAt <= timestamp)
            {
                _value = null;
            }
        }
    }

    private T Read(long now)
    {
        var content = ReadLimited();
        var hash = SHA256.HashData(content);
        if (_value is null || !hash.AsSpan().SequenceEqual(_contentHash))
        {
            _value = parse(Encoding.UTF8.GetString(content));
            _contentHash = hash;
        }

        _readAt = now;
        return _value;
    }

    private byte[] ReadLimited()
    {
        using var stream = File.OpenRead(path);
        var content = new byte[MaxBytes + 1];
        var count = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return count <= MaxBytes
            ? content[..count]
            : throw new KubernetesConfigurationException(
                $"{path}: is larger than {MaxBytes} bytes; that cannot be a token or certificates.");
    }
}
