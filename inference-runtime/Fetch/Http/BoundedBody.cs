namespace ModelOperator.Fetch.Http;

/// <summary>Reads bodies that are small when all is well.</summary>
internal static class BoundedBody
{
    /// <summary>The body, cut off after so many bytes; a caller that minds asks for one more than it takes.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using MemoryStream read = new();
        byte[] chunk = new byte[Math.Min(maxBytes, 16 * 1024)];
        int length;
        while (read.Length < maxBytes
            && (length = await body.ReadAsync(
                chunk.AsMemory(0, (int)Math.Min(chunk.Length, maxBytes - read.Length)), cancellationToken)) > 0)
        {
            read.Write(chunk.AsSpan(0, length));
        }

        return read.ToArray();
    }
}
