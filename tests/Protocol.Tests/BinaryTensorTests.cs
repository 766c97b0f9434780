using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Protocol.Tests;

public sealed class BinaryTensorTests
{
    [Test]
    public void Tensors_take_their_parts_of_the_data_in_their_order()
    {
        byte[] data = [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), 3, 0, 0, 0, (byte)'a', (byte)'b', 0, 0, 0, 0, 0];
        using InferRequest request = Read(
            """
            {"inputs":[{"name":"x","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}},
            {"name":"j","shape":[1],"datatype":"INT64","data":[7]},
            {"name":"t","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":11}}]}
            """,
            data);

        Assert.That(MemoryMarshal.Cast<byte, float>(request.Inputs[0].Data.Span).ToArray(), Is.EqualTo([1.5f, -2f]));
        Assert.That(MemoryMarshal.Cast<byte, long>(request.Inputs[1].Data.Span).ToArray(), Is.EqualTo([7L]));
        Assert.That(request.Inputs[2].Data.ToArray(), Is.EqualTo(data[8..]));
    }

    [TestCase(0, true)]
    [TestCase(4, true)]
    [TestCase(3, false)]
    public void Data_is_used_where_it_lies_if_it_lies_well(int offset, bool shared)
    {
        byte[] body = new byte[offset + 8];
        using InferRequest request = Read(
            """{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""",
            body.AsMemory(offset));

        Assert.That(MemoryMarshal.TryGetArray<byte>(request.Inputs[0].Data, out ArraySegment<byte> array), Is.True);
        Assert.That(ReferenceEquals(array.Array, body), Is.EqualTo(shared));
    }

    [TestCase("FP32", "[2]", 8, 7, "input 'x': binary_data_size is 8, but only 7 bytes of the body are left for it")]
    [TestCase("FP32", "[2]", 8, 9, "the body has 9 bytes of binary data, its tensors take 8: each needs its binary_data_size")]
    [TestCase("FP32", "[3]", 8, 8, "input 'x': binary_data_size is 8, shape [3] of FP32 needs 12")]
    [TestCase("BOOL", "[2]", 2, 2, null)]
    [TestCase("BYTES", "[1]", 3, 3, "input 'x': value 0 of data is cut off, expected its length in four bytes and so many bytes")]
    [TestCase("BYTES", "[1]", 8, 8, "input 'x': shape [1] needs 1 values, data has 2")]
    [TestCase("BYTES", "[0]", 0, 0, null)]
    [TestCase("FP64", "[0,5]", 0, 0, null)]
    [TestCase("FP64", "[9999999999]", 8, 8, "input 'x': shape [9999999999] takes the request over 16777216 values, the limit")]
    public void Sizes_must_fit(string type, string shape, int size, int length, string? message)
    {
        string json =
            $$"""{"inputs":[{"name":"x","shape":{{shape}},"datatype":"{{type}}","parameters":{"binary_data_size":{{size}} } }]}""";

        string? error = null;
        try
        {
            Read(json, new byte[length]).Dispose();
        }
        catch (ProtocolException e)
        {
            error = e.Message;
        }

        Assert.That(error, Is.EqualTo(message));
    }

    [TestCase("-1")]
    [TestCase("2147483648")]
    [TestCase("1.5")]
    [TestCase("true")]
    public void A_size_is_a_whole_number(string size) =>
        Assert.That(
            Json.Error($$"""{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":{{size}} } }]}"""),
            Is.EqualTo($"input 'x': parameters: binary_data_size is {size}, expected a whole number from 0 to 2147483647"));

    [Test]
    public void Truth_values_are_zero_or_one()
    {
        ProtocolException error = Assert.Throws<ProtocolException>(
            () => Read(
                """{"inputs":[{"name":"x","shape":[3],"datatype":"BOOL","parameters":{"binary_data_size":3}}]}""",
                new byte[] { 0, 1, 2 }))!;

        Assert.That(error.Message, Is.EqualTo("input 'x': value 2 of data is 2, expected BOOL (0 or 1)"));
    }

    [Test]
    public void A_text_longer_than_the_body_is_refused()
    {
        byte[] data = [0xff, 0xff, 0xff, 0xff, 1, 2, 3];

        ProtocolException error = Assert.Throws<ProtocolException>(
            () => Read("""{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":7}}]}""", data))!;

        Assert.That(error.Message, Does.StartWith("input 'x': value 0 of data is cut off"));
    }

    [Test]
    public void Data_comes_in_one_of_the_two_ways() =>
        Assert.That(
            Json.Error("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1],"parameters":{"binary_data_size":4}}]}"""),
            Is.EqualTo("input 'x': data and binary_data_size are both given, expected one of them"));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Whatever_sizes_and_bytes_come_the_request_is_read_or_refused() => Prop.ForAll(
        (from type in Gen.Elements("BOOL", "INT8", "FP16", "FP32", "FP64", "BYTES")
         from sizes in Gen.Choose(-2, 40).ArrayOf()
         from dimension in Gen.Elements("0", "1", "2", "5", "4611686018427387904")
         from data in ArbMap.Default.GeneratorFor<byte[]>()
         select (type, sizes, dimension, data)).ToArbitrary(),
        c =>
        {
            string inputs = string.Join(',', c.sizes.Select(
                (size, i) =>
                    $$"""{"name":"x{{i}}","shape":[{{c.dimension}}],"datatype":"{{c.type}}","parameters":"""
                    + $$"""{"binary_data_size":{{size}} } }"""));
            try
            {
                using InferRequest request = Read($$"""{"inputs":[{{inputs}}]}""", c.data);
                return request.Inputs.Sum(i => i.Data.Length) == c.data.Length;
            }
            catch (ProtocolException e)
            {
                return e.StatusCode is 400 or 413;
            }
        });

    private static InferRequest Read(string json, Memory<byte> binary) =>
        InferRequestReader.Read(Encoding.UTF8.GetBytes(json), binary, new ProtocolLimits());
}
