using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ModelOperator.Evidence;

/// <summary>
/// The keys that a namespace's routers share with the operator, in a Secret of the namespace. Written as text, a key a line, the oldest
/// first: when it begins to sign, in seconds since 1970, a space, and 32 bytes in base64. A new key is there for a while before it signs,
/// so that everybody knows it by then; the one before it is still accepted until the next one comes.
/// </summary>
public sealed class NamespaceKeys
{
    /// <summary>Name of the Secret, and of the file in it for routers.</summary>
    public const string SecretName = "model-router-keys", FileName = "keys";

    /// <summary>The file in it for inference pods.</summary>
    public const string InferenceFileName = "inference-keys";

    /// <summary>How long a key signs. What it signed is accepted as long again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    // A kubelet brings a changed Secret into running pods within two minutes or so.
    private static readonly TimeSpan Lead = TimeSpan.FromMinutes(10);

    private const int KeyBytes = 32, MostKeys = 8;

    private readonly (DateTimeOffset SignsFrom, byte[] Secret)[] _keys;

    private readonly Lazy<NamespaceKeys> _ofInferencePods;

    private NamespaceKeys((DateTimeOffset SignsFrom, byte[] Secret)[] keys)
    {
        _keys = keys;
        _ofInferencePods = new Lazy<NamespaceKeys>(() => new NamespaceKeys(
            [.. keys.Select(key =>
                (key.SignsFrom, HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Secret, KeyBytes, info: "inference pods"u8.ToArray())))]));
    }

    /// <summary>
    /// Keys that are made from these, for inference pods: these cannot be found from them, so that a pod knows who may ask it and can sign
    /// no prediction.
    /// </summary>
    public NamespaceKeys OfInferencePods => _ofInferencePods.Value;

    /// <summary>The first key of a namespace, which signs at once.</summary>
    public static NamespaceKeys Create(DateTimeOffset now) => new([(now, RandomNumberGenerator.GetBytes(KeyBytes))]);

    /// <summary>Reads the text; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out NamespaceKeys? keys)
    {
        var read = new List<(DateTimeOffset SignsFrom, byte[] Secret)>();
        keys = null;
        foreach (string line in Encoding.UTF8.GetString(text)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            byte[] secret = new byte[KeyBytes];
            if (read.Count == MostKeys
                || line.Split(' ') is not [var from, var base64]
                || !long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
                || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                || !Convert.TryFromBase64String(base64, secret, out int length)
                || length != KeyBytes)
            {
                return false;
            }

            read.Add((DateTimeOffset.FromUnixTimeSeconds(seconds), secret));
        }

        keys = read.Count > 0 ? new NamespaceKeys([.. read.OrderBy(key => key.SignsFrom)]) : null;
        return keys is not null;
    }

    /// <summary>The text.</summary>
    public byte[] ToText() => Encoding.ASCII.GetBytes(string.Concat(_keys.Select(
        key => string.Create(
            CultureInfo.InvariantCulture, $"{key.SignsFrom.ToUnixTimeSeconds()} {Convert.ToBase64String(key.Secret)}\n"))));

    /// <summary>With the next key, and without the one before the last, when it is time; else null.</summary>
    public NamespaceKeys? Rotated(DateTimeOffset now) => now - _keys[^1].SignsFrom < Lifetime
        ? null
        : new NamespaceKeys([_keys[^1], (now + Lead, RandomNumberGenerator.GetBytes(KeyBytes))]);

    /// <summary>Signs with the key whose time it is.</summary>
    /// <param name="purpose">What is signed: what is signed for one purpose is worth nothing for another.</param>
    /// <param name="text">What is signed.</param>
    /// <param name="now">The time.</param>
    public string Sign(string purpose, string text, DateTimeOffset now)
    {
        int current = Array.FindLastIndex(_keys, key => key.SignsFrom <= now);
        return Sign(_keys[Math.Max(0, current)].Secret, purpose, text);
    }

    /// <summary>Whether any of the keys has signed this. Takes as long whatever the signature is.</summary>
    public bool IsSigned(string purpose, string text, string signature)
    {
        bool found = false;
        foreach (var (_, secret) in _keys)
        {
            found |= CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Sign(secret, purpose, text)), Encoding.UTF8.GetBytes(signature));
        }

        return found;
    }

    // Half of the code is as hard to guess as a key of 16 bytes, and ids stay short.
    private static string Sign(byte[] secret, string purpose, string text)
    {
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{purpose}\n{text}"), code);
        return System.Buffers.Text.Base64Url.EncodeToString(code[..16]);
    }
}
