using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace ModelOperator.Server.Evaluation;

/// <summary>One line of a data set.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">Its bytes, a copy of its own.</param>
internal sealed record Line(long Number, byte[] Text);

/// <summary>Splits a stream into lines with no more of it in memory than one line.</summary>
internal static class Lines
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>The lines that are not blank.</summary>
    public static async IAsyncEnumerable<Line> ReadAsync(
        Stream stream, int maxBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        try
        {
            long number = 0;
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellationToken);
                ReadOnlySequence<byte> rest = read.Buffer;
                while (TryTake(ref rest, read.IsCompleted, out ReadOnlySequence<byte> line))
                {
                    number++;
                    Check(line.Length, number, maxBytes);
                    if (Trim(line, number) is { Length: > 0 } text)
                    {
                        yield return new Line(number, text);
                    }
                }

                Check(rest.Length, number + 1, maxBytes);
                if (read.IsCompleted)
                {
                    yield break;
                }

                reader.AdvanceTo(rest.Start, rest.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> rest, bool isEnd, out ReadOnlySequence<byte> line)
    {
        SequenceReader<byte> reader = new(rest);
        if (reader.TryReadTo(out line, (byte)'\n'))
        {
            rest = reader.UnreadSequence;
            return true;
        }

        (line, bool took) = (rest, isEnd && !rest.IsEmpty);
        rest = took ? rest.Slice(rest.End) : rest;
        return took;
    }

    private static byte[] Trim(ReadOnlySequence<byte> line, long number)
    {
        byte[] text = line.ToArray();
        ReadOnlySpan<byte> rest = number == 1 && text.AsSpan().StartsWith(ByteOrderMark) ? text.AsSpan(ByteOrderMark.Length) : text;
        rest = rest.Trim(" \t\r"u8);
        return rest.Length == text.Length ? text : rest.ToArray();
    }

    private static void Check(long length, long number, int maxBytes)
    {
        if (length > maxBytes)
        {
            throw new TerminatingException(
                FailureReasons.DatasetInvalid, $"line {number} of the data set is longer than {maxBytes} bytes, the limit");
        }
    }
}
