using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Fuzzing.Targets;

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

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property What_is_read_of_a_call_does_not_depend_on_how_it_arrives() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte[]>(), (message, trailing, cuts) =>
        {
            foreach ((MessageEncoding encoding, byte[] frame) in new[] { (MessageEncoding.Identity, Frames.Plain(message)), (MessageEncoding.Gzip, Frames.Gzip(message)), (MessageEncoding.Deflate, Frames.Deflate(message)) })
            {
                Assert.That(ReadSingle(frame, cuts, encoding), Is.EqualTo(Convert.ToHexString(message)));
                string refused = ReadSingle([.. frame, .. trailing, 0], cuts, encoding);
                Assert.That(refused, Is.EqualTo("Unimplemented: the call has several messages, but the method takes one"), "what follows the only message");
                string truncated = ReadSingle(frame[..^1], cuts, encoding);
                Assert.That(truncated, Is.EqualTo("Internal: the request ended within a message").Or.EqualTo("Unimplemented: the call has no message, but the method takes one"));
            }

            return true;
        });

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
        GrpcLimits limits = Limits with { MaxReceiveMessageBytes = 2_000_000 };
        Assert.That(bomb, Has.Length.LessThan(limits.MaxReceiveMessageBytes), "what is refused is what comes out");

        RpcException? e = Assert.Throws<RpcException>(() => ReadAll(bomb, [], MessageEncoding.Gzip, limits));

        Assert.That(e?.Status, Is.EqualTo(StatusCode.ResourceExhausted));
    }

    [Test]
    public void A_dictionary_that_is_not_there_is_refused()
    {
        // The header of zlib's format that asks for one.
        RpcException? e = Assert.Throws<RpcException>(() => ReadAll(Frames.Frame(1, [0x78, 0x20, 1, 2, 3, 4, 5, 6, 7]), [], MessageEncoding.Deflate));

        Assert.That((e?.Status, e?.Message), Is.EqualTo((StatusCode.Internal, "a message cannot be decompressed: it is not deflate")));
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

    /// <summary>The only message of a call in hexadecimal, or why there is none.</summary>
    private static string ReadSingle(byte[] body, byte[] cuts, MessageEncoding encoding)
    {
        MessageReader reader = new(new Arrivals(body, [.. cuts.Select(c => (byte)(c % 16))]), Limits, encoding);
        try
        {
            using MessageBuffer message = reader.ReadSingleAsync(null, null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return Convert.ToHexString(message.Span);
        }
        catch (RpcException e)
        {
            return $"{e.Status}: {e.Message}";
        }
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
