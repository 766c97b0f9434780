using System.Buffers;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>Bytes as they arrive: in pieces, each in memory of its own.</summary>
internal static class Pieces
{
    /// <param name="bytes">All of them.</param>
    /// <param name="lengths">Of the pieces; what is left over is the last one.</param>
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, ReadOnlySpan<byte> lengths)
    {
        Piece first = new(default, null);
        Piece last = first;
        foreach (byte length in lengths)
        {
            int now = Math.Min(length, bytes.Length);
            last = new Piece(bytes[..now], last);
            bytes = bytes[now..];
        }

        last = new Piece(bytes, last);
        return new ReadOnlySequence<byte>(first, 0, last, bytes.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> bytes, Piece? before)
        {
            Memory = bytes.ToArray();
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
