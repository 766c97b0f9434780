using System.Text;
using FsCheck.Fluent;
using ModelOperator.Server.Evaluation;

namespace ModelOperator.Server.Tests.Evaluation;

public sealed class LinesTests
{
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public async Task Lines_are_the_same_however_the_bytes_arrive(FsCheck.NonEmptyString[] parts, FsCheck.PositiveInt chunk)
    {
        string text = string.Join('\n', parts.Select(part => part.Get.Replace("\ud800", "", StringComparison.Ordinal)));
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[][] expected = [.. Split(bytes).Where(line => line.Length > 0)];

        List<byte[]> lines = [];
        await foreach (Line line in Lines.ReadAsync(new Trickle(bytes, (chunk.Get % 7) + 1), 1 << 20, CancellationToken.None))
        {
            lines.Add(line.Text);
        }

        Assert.That(lines, Is.EqualTo(expected));
    }

    [Test]
    public async Task Blank_lines_count_in_the_numbering_alone()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "a\r\n\n  \n b \nc"u8];

        List<(long, string)> lines = [];
        await foreach (Line line in Lines.ReadAsync(new MemoryStream(bytes), 1 << 20, CancellationToken.None))
        {
            lines.Add((line.Number, Encoding.UTF8.GetString(line.Text)));
        }

        Assert.That(lines, Is.EqualTo(new[] { (1L, "a"), (4L, "b"), (5L, "c") }));
    }

    [Test]
    public void A_line_without_end_is_given_up_at_the_limit()
    {
        using Trickle endless = new(new byte[1 << 20], 1 << 16);

        Assert.That(
            async () =>
            {
                await foreach (Line _ in Lines.ReadAsync(endless, 100_000, CancellationToken.None))
                {
                }
            },
            Throws.TypeOf<TerminatingException>().With.Message.EqualTo("line 1 of the data set is longer than 100000 bytes, the limit"));
        Assert.That(endless.Position, Is.LessThan(300_000));
    }

    [Test]
    public async Task A_million_rows_take_no_more_memory_than_a_few()
    {
        byte[] line = Encoding.UTF8.GetBytes(new string('x', 499) + "\n");
        long least = long.MaxValue, most = 0, rows = 0;
        await foreach (Line read in Lines.ReadAsync(new Repeated(line, 1_000_000), 1 << 20, CancellationToken.None))
        {
            if (++rows % 100_000 == 0)
            {
                long held = GC.GetTotalMemory(forceFullCollection: true);
                (least, most) = (Math.Min(least, held), Math.Max(most, held));
            }
        }

        Assert.That(rows, Is.EqualTo(1_000_000));
        // Other tests of this process run at the same time; all the rows would be 500 MB.
        Assert.That(most - least, Is.LessThan(100_000_000));
    }

    private static IEnumerable<byte[]> Split(byte[] bytes)
    {
        int start = 0;
        for (int i = 0; i <= bytes.Length; i++)
        {
            if (i == bytes.Length || bytes[i] == '\n')
            {
                yield return bytes.AsSpan(start..i).Trim(" \t\r"u8).ToArray();
                start = i + 1;
            }
        }
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }

    /// <summary>One line over and over.</summary>
    private sealed class Repeated(byte[] line, long times) : MemoryStream
    {
        private long _position;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = 0;
            for (; count < buffer.Length && _position < line.Length * times; count++, _position++)
            {
                buffer.Span[count] = line[_position % line.Length];
            }

            return ValueTask.FromResult(count);
        }
    }
}
