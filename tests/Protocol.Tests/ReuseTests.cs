using System.Text;

namespace ModelOperator.Protocol.Tests;

/// <summary>Requests and their tensors are used again for others, which must not notice.</summary>
public sealed class ReuseTests
{
    private const string Full = """
        {"id":"first","parameters":{"priority":3,"timeout":5000000,"binary_data_output":true},
         "inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2]},{"name":"b","datatype":"INT64","shape":[1],"data":[7]}],
         "outputs":[{"name":"c"}]}
        """;

    private const string Plain = """{"inputs":[{"name":"x","datatype":"FP32","shape":[2,1],"data":[3,4]}]}""";

    [Test]
    public void Nothing_of_a_request_is_left_in_the_next()
    {
        InferRequest first = Read(Full);
        first.Dispose();

        using InferRequest second = Read(Plain);

        Assert.That(second, Is.SameAs(first), "it is used again");
        Assert.That((second.Id, second.Outputs, second.Inputs.Count), Is.EqualTo(((string?)null, (List<RequestedOutput>?)null, 1)));
        Assert.That((second.Parameters.Priority, second.Parameters.Timeout, second.Parameters.BinaryDataOutput), Is.EqualTo((0UL, (TimeSpan?)null, false)));
        Assert.That(second.Inputs[0].Shape, Is.EqualTo(new long[] { 2, 1 }));
        Assert.That(second.Inputs[0].Data.ToArray(), Is.EqualTo(new[] { 3f, 4f }.SelectMany(BitConverter.GetBytes)));
    }

    [Test]
    public void What_is_disposed_twice_is_not_given_to_two()
    {
        InferRequest request = Read(Full);
        InferTensor tensor = request.Inputs[0];
        request.Dispose();
        request.Dispose();
        tensor.Dispose();

        using InferRequest one = Read(Full);
        using InferRequest other = Read(Full);

        Assert.That(one, Is.Not.SameAs(other));
        Assert.That(one.Inputs.Concat(other.Inputs), Is.Unique);
    }

    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[3]}]}""")]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[3,"4"]}]}""")]
    [TestCase("""{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[3,4]}],""")]
    public void A_request_that_is_refused_leaves_nothing_behind(string refused)
    {
        Assert.That(() => Read(refused), Throws.TypeOf<ProtocolException>());

        using InferRequest request = Read(Plain);

        Assert.That(request.Inputs.Single().Data.Length, Is.EqualTo(8));
    }

    [Test]
    public void Reading_one_request_after_the_other_allocates_nothing()
    {
        byte[] body = Encoding.UTF8.GetBytes("""{"inputs":[{"name":"x","datatype":"INT64","shape":[2,1],"data":[3,4]}]}""");
        KnownNames names = new(["x"]);
        ProtocolLimits limits = new();
        Read();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            Read();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Read() => InferRequestReader.Read(body, Memory<byte>.Empty, limits, names).Dispose();
    }

    private static InferRequest Read(string json) => InferRequestReader.Read(Encoding.UTF8.GetBytes(json), new ProtocolLimits());
}
