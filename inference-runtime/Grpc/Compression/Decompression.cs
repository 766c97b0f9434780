using System.Buffers;
using System.IO.Compression;

namespace ModelOperator.Grpc;

/// <summary>Decompresses messages, and no more of them than is allowed.</summary>
internal static class Decompression
{
    private const int FirstSize = 16 * 1024;

    public static MessageBuffer Decompress(MessageBuffer compressed, MessageEncoding encoding, int limit, IMessageBudget? budget)
    {
        using Stream source = encoding == MessageEncoding.Gzip
            ? new GZipStream(compressed.ToStream(), CompressionMode.Decompress)
            : new ZLibStream(compressed.ToStream(), CompressionMode.Decompress);
        byte[] array = Rent(FirstSize, budget);
        try
        {
            int length = 0;
            while (source.Read(array, length, array.Length - length) is > 0 and int read)
            {
                length += read;
                if (length > limit)
                {
                    throw new RpcException(StatusCode.ResourceExhausted, $"a message is over {limit} bytes long when decompressed, the limit");
                }

                if (length == array.Length)
                {
                    // One byte over the limit tells that there is more.
                    byte[] larger = Rent((int)Math.Min(2L * array.Length, limit + 1L), budget);
                    array.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(array);
                    array = larger;
                }
            }

            return new MessageBuffer(array, 0, length);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // An IOException is what zlib's other refusals are, as of a dictionary that is not there.
            ArrayPool<byte>.Shared.Return(array);
            throw new RpcException(StatusCode.Internal, $"a message cannot be decompressed: it is not {encoding.Name()}", e);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(array);
            throw;
        }
    }

    private static byte[] Rent(int size, IMessageBudget? budget)
    {
        budget?.Reserve(size);
        return ArrayPool<byte>.Shared.Rent(size);
    }
}
