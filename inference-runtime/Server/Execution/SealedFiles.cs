using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ModelOperator.Server.Execution;

/// <summary>
/// Files on a volume that others may write to as well. Each ends with a MAC over what it is for and what it holds; what is read is copied
/// first and the copy is used, so that nothing can be changed between the check and the use.
/// </summary>
internal sealed class SealedFiles(byte[] key)
{
    private const int ChunkBytes = 128 * 1024;

    /// <summary>Puts a copy of a file where others find it.</summary>
    /// <param name="content">The file.</param>
    /// <param name="target">Its place, which it takes whole or not at all.</param>
    /// <param name="purpose">What it is for; it is of no use for anything else.</param>
    public void Write(string content, string target, string purpose)
    {
        string partial = $"{target}.{Environment.ProcessId}-{Guid.NewGuid():N}";
        try
        {
            using (FileStream source = File.OpenRead(content))
            using (FileStream file = new(partial, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(Copy(source, source.Length, file, purpose));
            }

            File.Move(partial, target, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>
    /// Copies what is in a file to a place that only this process writes to; false, and no copy, when it was not sealed for the purpose
    /// with this key.
    /// </summary>
    public bool TryRead(string target, string copy, string purpose)
    {
        bool isSealed = false;
        try
        {
            using FileStream source = File.OpenRead(target);
            using FileStream file = new(copy, FileMode.Create, FileAccess.Write);
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            long length = source.Length - mac.Length;
            byte[] expected = Copy(source, Math.Max(length, 0), file, purpose);
            isSealed = length >= 0 && source.ReadAtLeast(mac, mac.Length, throwOnEndOfStream: false) == mac.Length
                && CryptographicOperations.FixedTimeEquals(mac, expected);
            return isSealed;
        }
        finally
        {
            if (!isSealed)
            {
                File.Delete(copy);
            }
        }
    }

    private byte[] Copy(FileStream source, long length, FileStream target, string purpose)
    {
        using IncrementalHash mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        byte[] name = Encoding.UTF8.GetBytes(purpose);
        // The length keeps a purpose and a content from being taken for others that read the same.
        mac.AppendData(BitConverter.GetBytes(name.Length));
        mac.AppendData(name);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            int read;
            for (long left = length; left > 0 && (read = source.Read(chunk, 0, (int)Math.Min(chunk.Length, left))) > 0; left -= read)
            {
                mac.AppendData(chunk, 0, read);
                target.Write(chunk, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return mac.GetHashAndReset();
    }
}
