namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>Reads a body, up to a limit.</summary>
internal static class LimitedBody
{
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        var length = response.Content.Headers.ContentLength;
        if (length > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[Math.Max((int)(length ?? 0), 4096)];
        var count = 0;
        while (true)
        {
            if (count == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maxBytes + 1L));
            }

            var read = await stream.ReadAsync(buffer.AsMemory(count), cancellationToken);
            if (read == 0)
            {
                return buffer.AsMemory(0, count);
            }

            count += read;
            if (count > maxBytes)
            {
                throw TooLarge(maxBytes);
            }
        }
    }

    private static InvalidDataException TooLarge(int maxBytes) => new($"The server's answer is larger than {maxBytes} bytes.");
}
