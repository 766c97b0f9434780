using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Grpc.Tests;

public sealed class MessageReaderTests
{
    private static readonly GrpcLimits Limits = new() { MaxReceiveMessageBytes = 100_000 };

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Messages_come_whole_however_the_network_cuts_them() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[][]>(), ArbMap.Default.ArbFor<byte[]>(), (messages, cuts) =>
        {
            List<byte[]> read = ReadAll([.. messages.SelectMany(Frames.Plain)], cuts, MessageEncoding.Identity);
            return read.Count == messages.Length && read.Zip(messages).All(p => p.First.SequenceEqual(p.Second));
        });

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public Property Compressed_messages_come_back_as_they_were() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte[]>(), (message, cuts) =>
            ReadAll(Frames.Gzip(message), cuts, MessageEncoding.Gzip).Single().SequenceEqual(message)
            && ReadAll(Frames.Deflate(message), cuts, MessageEncoding.Deflate).Single().SequenceEqual(message));

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Any_bytes_are_messages_or_a_status_and_nothing_else() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte[]>(), (bytes, cuts) =>
        {
            // The upper bytes of a length are mostly zero, or all would be over the limit.
            for (int i = 0; i < bytes.Length; i += 3)
            {
                bytes[i] = (byte)(bytes[i] & 1);
            }

            try
            {
                ReadAll(bytes, cuts, MessageEncoding.Gzip);
                return true;
            }
            catch (RpcException)
            {
                return true;
            }
        });

    [Test]
    public void A_message_over_the_limit_is_refused_before_it_is_stored()
    {
        RpcException? e = Assert.Throws<RpcException>(() => ReadAll(Frames.Frame(0, [], 100_001), [], MessageEncoding.Identity));

        Assert.That(e?.Status, Is.EqualTo(StatusCode.ResourceExhausted));
        Assert.That(e?.Message, Is.EqualTo("a message is 100001 bytes long, the limit is 100000"));
    }

    [Test]
    public void A_message_that_grows_over_the_limit_when_decompressed_is_refused()
    {
        byte[] bomb = Frames.Gzip(new byte[50_000_000]);
        Assume.That(bomb, Has.Length.LessThan(300_000));
        GrpcLimits limits = Limits with { MaxReceiveMessageBytes = 300_000 };

        RpcException? e = Assert.Throws<RpcException>(() => ReadAll(bomb, [], MessageEncoding.Gzip, limits));

        Assert.That(e?.Status, Is.EqualTo(StatusCode.ResourceExhausted));
    }

    [TestCase(0, 5u, StatusCode.Internal)]
    [TestCase(2, 3u, StatusCode.Internal)]
    [TestCase(1, 3u, StatusCode.Internal)]
    public void What_is_no_frame_is_refused(byte flag, uint length, StatusCode status)
    {
        RpcException? e = Assert.Throws<RpcException>(() => ReadAll(Frames.Frame(flag, [1, 2, 3], length), [], MessageEncoding.Identity));

        Assert.That(e?.Status, Is.EqualTo(status));
    }

    [Test]
    public async Task A_message_that_is_not_let_in_is_passed_over()
    {
        MessageReader reader = new(PipeReader.Create(new MemoryStream([.. Frames.Plain(new byte[60_000]), .. Frames.Plain([7])])), Limits, MessageEncoding.Identity);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.ReadAsync(new Budget(1000), null, CancellationToken.None));

        using MessageBuffer? next = await reader.ReadAsync(new Budget(1000), null, CancellationToken.None);
        Assert.That(next?.Span.ToArray(), Is.EqualTo(new byte[] { 7 }));
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public bool What_the_probe_finds_lies_aligned(byte offset)
    {
        MessageReader reader = new(PipeReader.Create(new MemoryStream(Frames.Plain(new byte[300]))), Limits, MessageEncoding.Identity);
        using MessageBuffer message = reader.ReadAsync(null, _ => offset, CancellationToken.None).AsTask().Result!;
        return System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(message.Memory, out ArraySegment<byte> segment)
            && (segment.Offset + offset) % 8 == 0;
    }

    [Test]
    public async Task Once_stopped_no_message_begins()
    {
        Pipe pipe = new();
        MessageReader reader = new(pipe.Reader, Limits, MessageEncoding.Identity);
        Task<MessageBuffer?> waiting = reader.ReadAsync(null, null, CancellationToken.None).AsTask();

        reader.Stop();

        RpcException? e = await Assert.ThrowsAsync<RpcException>(() => waiting);
        Assert.That(e?.Status, Is.EqualTo(StatusCode.Unavailable));
        await pipe.Writer.CompleteAsync();
    }

    private static List<byte[]> ReadAll(byte[] bytes, byte[] cuts, MessageEncoding encoding, GrpcLimits? limits = null)
    {
        Pipe pipe = new();
        MessageReader reader = new(pipe.Reader, limits ?? Limits, encoding);
        Task write = WriteAsync(pipe.Writer, bytes, cuts);
        List<byte[]> messages = [];
        while (reader.ReadAsync(null, null, CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } message)
        {
            using (message)
            {
                messages.Add(message.Span.ToArray());
            }
        }

        write.GetAwaiter().GetResult();
        return messages;
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] bytes, byte[] cuts)
    {
        await Task.Yield();
        int at = 0;
        foreach (byte cut in cuts)
        {
            int length = Math.Min(cut % 16, bytes.Length - at);
            await writer.WriteAsync(bytes.AsMemory(at, length));
            at += length;
        }

        await writer.WriteAsync(bytes.AsMemory(at));
        await writer.CompleteAsync();
    }

    private sealed class Budget(long most) : IMessageBudget
    {
        public void Reserve(long bytes)
        {
            if (bytes > most)
            {
                throw new InvalidOperationException("no room");
            }
        }
    }
}
