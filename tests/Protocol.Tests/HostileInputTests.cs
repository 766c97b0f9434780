using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Protocol.Grpc;

namespace ModelOperator.Protocol.Tests;

public sealed class HostileInputTests
{
    private static readonly byte[] Infer = Encoding.UTF8.GetBytes("""
        {"id":"a","parameters":{"p":1},"inputs":[{"data":[[1,2],["NaN",3.5]],"name":"x","datatype":"FP32","shape":[2,2]},
        {"name":"y\u00e9","datatype":"BYTES","shape":[1],"data":["\ud83d\ude00"]}],"outputs":[{"name":"z"}]}
        """);

    private static readonly byte[] OwnFeedback =
        Encoding.UTF8.GetBytes("""{"id":"a","revision":"0123456789","prediction":[[1.5,2],[3,4]],"truth":[[1,2],[3,"4"]]}""");

    private static readonly byte[] Feedback = Encoding.UTF8.GetBytes("""{"id":"a","truth":[1,2.0,"x\n"]}""");

    private static readonly byte[] Row = Encoding.UTF8.GetBytes(
        """{"id":"a","inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[1,2]}],"truth":[1,"x\n"]}""");

    private static readonly byte[] Response = Encoding.UTF8.GetBytes(
        """{"model_name":"m","outputs":[{"name":"y","datatype":"INT64","shape":[2],"data":[1,2]},{"name":"z","datatype":"BYTES","shape":"""
        + """[1],"data":["\ud83d\ude00"]}]}""");

    private static readonly byte[] BinaryJson = Encoding.UTF8.GetBytes(
        """{"inputs":[{"name":"x","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":11}},"""
        + """{"name":"y","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}]}""");

    private static readonly int JsonOfBinary = BinaryJson.Length;

    private static readonly byte[] Binary = [.. BinaryJson, 3, 0, 0, 0, 65, 66, 67, 0, 0, 0, 0, 0, 0, 128, 63];

    /// <summary>model_name "m", an INT64 tensor "x" of shape [2] with typed contents, and a requested output "y".</summary>
    private static readonly byte[] Grpc =
        [0x0a, 1, 109, 0x2a, 19, 0x0a, 1, 120, 0x12, 5, 73, 78, 84, 54, 52, 0x1a, 1, 2, 0x2a, 4, 0x1a, 2, 1, 2, 0x32, 3, 0x0a, 1, 121];

    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "1e999", "-", "null", "true", "NaN", "\0", "\u00ff",
        "\"shape\":", "\"data\":",
        "\"inputs\":[", "[[[[[[[[[[[[[[[[[[[[", "99999999999999999999", "\"BYTES\"", "\"FP32\"", "\"id\":", "\"truth\":",
        "\"reward\":", "\"correct\":true", "/*", "//",
    ];

    [Test]
    public void What_is_mangled_is_right_to_begin_with()
    {
        Assert.DoesNotThrow(() => InferRequestReader.Read(Infer, new ProtocolLimits()).Dispose());
        Assert.DoesNotThrow(() => InferRequestReader.Read(BinaryJson, Binary.AsMemory(JsonOfBinary), new ProtocolLimits()).Dispose());
        Assert.DoesNotThrow(() => ModelInferRequestReader.Read(Grpc, new PooledBuffer(), new ProtocolLimits()).Dispose());
    }

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Mangled_requests_are_read_or_refused_and_nothing_else() =>
        Prop.ForAll(Mangled(Infer), bytes => ReadsOrRefuses(() => InferRequestReader.Read(bytes, new ProtocolLimits()).Dispose()));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Mangled_feedback_is_read_or_refused_and_nothing_else() =>
        Prop.ForAll(Mangled(Feedback), bytes => ReadsOrRefuses(() => FeedbackRequest.Read(bytes, new ProtocolLimits())));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Mangled_feedback_that_stands_for_itself_is_judged_or_refused_and_nothing_else() => Prop.ForAll(
        Mangled(OwnFeedback), bytes => Enum.GetValues<PredictionKind>().All(kind => ReadsOrRefuses(() =>
        {
            FeedbackRequest feedback = FeedbackRequest.Read(bytes, new ProtocolLimits());
            if (feedback is { Prediction: { } prediction, Truth: { } truth })
            {
                Outcomes.Of(prediction, truth, kind, new Tolerance(0.5, 5));
            }
        })));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Mangled_rows_are_read_or_refused_and_nothing_else() =>
        Prop.ForAll(Mangled(Row), bytes => ReadsOrRefuses(() => LabelledRow.Read(bytes, new ProtocolLimits()).Dispose()));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Mangled_responses_are_read_or_refused_and_nothing_else() =>
        Prop.ForAll(Mangled(Response), bytes => ReadsOrRefuses(() =>
        {
            foreach (InferTensor output in InferResponseReader.Read(bytes, new ProtocolLimits()))
            {
                output.Dispose();
            }
        }));

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Mangled_binary_requests_are_read_or_refused_and_nothing_else() =>
        Prop.ForAll(Mangled(Binary), bytes => ReadsOrRefuses(() =>
        {
            int json = Math.Min(JsonOfBinary, bytes.Length);
            InferRequestReader.Read(bytes.AsSpan(0, json), bytes.AsMemory(json), new ProtocolLimits()).Dispose();
        }));

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Mangled_gRPC_requests_are_read_or_refused_and_nothing_else() =>
        Prop.ForAll(
            Mangled(Grpc),
            bytes => ReadsOrRefuses(() => ModelInferRequestReader.Read(bytes, new PooledBuffer(), new ProtocolLimits()).Dispose()));

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Bytes_of_any_kind_are_read_or_refused_and_nothing_else(byte[] bytes) =>
        ReadsOrRefuses(() => InferRequestReader.Read(bytes, new ProtocolLimits()).Dispose())
        && ReadsOrRefuses(() => FeedbackRequest.Read(bytes, new ProtocolLimits()));

    /// <summary>What fuzzing found once.</summary>
    [TestCase("{\"id\": tr", 3000)]
    [TestCase("{\"id\": t", 100_000)]
    public void A_refusal_does_not_send_the_whole_body_back(string start, int length)
    {
        byte[] body = Encoding.UTF8.GetBytes(start + new string('x', length));

        ProtocolException? e = Assert.Throws<ProtocolException>(() => FeedbackRequest.Read(body, new ProtocolLimits()));

        Assert.That(e!.Message, Has.Length.LessThan(400).And.Contain("LineNumber: 0 | BytePositionInLine: "));
    }

    /// <summary>What fuzzing found once: 1 MiB was rented for a message of 40 bytes.</summary>
    [Test]
    public void A_short_gRPC_message_that_claims_many_elements_gets_no_memory_for_them()
    {
        // inputs { name: "x" datatype: "INT64" shape: 1000000 contents { int64_contents: [1, 2] } }
        byte[] tensor = [0x0a, 1, (byte)'x', 0x12, 5, .. "INT64"u8, 0x1a, 3, 0xc0, 0x84, 0x3d, 0x2a, 4, 0x1a, 2, 1, 2];
        byte[] message = [0x2a, (byte)tensor.Length, .. tensor];
        long before = GC.GetAllocatedBytesForCurrentThread();

        ProtocolException? e =
            Assert.Throws<ProtocolException>(() => ModelInferRequestReader.Read(message, new PooledBuffer(), new ProtocolLimits()));

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(256 * 1024));
        Assert.That(e!.Message, Does.Contain("1000000"));
    }

    private static bool ReadsOrRefuses(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (ProtocolException e)
        {
            return e.StatusCode is >= 400 and < 500 && e.Message.Length is > 0 and < 2000;
        }
    }

    private static Arbitrary<byte[]> Mangled(byte[] valid) => (
        from cuts in Gen.Choose(1, 4)
        from edits in (
            from at in Gen.Choose(0, valid.Length)
            from length in Gen.Choose(0, 12)
            from fragment in Gen.OneOf(
                Gen.Elements(Fragments).Select(Encoding.UTF8.GetBytes),
                Gen.Choose(0, 255).Select(b => new[] { (byte)b }),
                Gen.Constant(Array.Empty<byte>()))
            select (at, length, fragment)).ArrayOf(cuts)
        select Mangle(valid, edits)).ToArbitrary();

    private static byte[] Mangle(byte[] valid, (int At, int Length, byte[] Fragment)[] edits)
    {
        byte[] bytes = valid;
        foreach ((int at, int length, byte[] fragment) in edits)
        {
            int start = Math.Min(at, bytes.Length);
            bytes = [.. bytes[..start], .. fragment, .. bytes[Math.Min(start + length, bytes.Length)..]];
        }

        return bytes;
    }
}
