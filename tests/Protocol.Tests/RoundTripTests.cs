using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Protocol.Tests;

public sealed class RoundTripTests
{
    private static readonly TensorDataType[] Types = Enum.GetValues<TensorDataType>();

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Whatever_is_written_is_read_back_bit_by_bit() => Prop.ForAll(Tensors(), tensor =>
    {
        byte[] data = Data(tensor.Type, tensor.Seed, tensor.Shape);
        using PooledBuffer buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("inputs");
            writer.WriteStartObject();
            writer.WriteString("name", "x");
            writer.WriteString("datatype", tensor.Type.Name());
            writer.WritePropertyName("data");
            TensorWriter.WriteData(writer, tensor.Type, data);
            writer.WriteStartArray("shape");
            foreach (long dimension in tensor.Shape)
            {
                writer.WriteNumberValue(dimension);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        using InferRequest request = InferRequestReader.Read(buffer.Span, new ProtocolLimits());
        return request.Inputs[0].Shape.SequenceEqual(tensor.Shape) && request.Inputs[0].Data.Span.SequenceEqual(data);
    });

    [Test]
    public void A_written_request_is_read_back()
    {
        InferTensor zeros = InferTensor.Zero("a", TensorDataType.Fp32, [2, 3]);
        InferTensor texts = InferTensor.Zero("b", TensorDataType.Bytes, [2]);
        using PooledBuffer buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            InferRequestWriter.Write(writer, "id", [zeros, texts]);
        }

        using InferRequest request = InferRequestReader.Read(buffer.Span, new ProtocolLimits());
        Assert.That(request.Id, Is.EqualTo("id"));
        Assert.That(
            request.Inputs.Select(i => (i.Name, i.DataType, i.ElementCount)),
            Is.EqualTo([("a", TensorDataType.Fp32, 6L), ("b", TensorDataType.Bytes, 2L)]));
        Assert.That(request.Inputs[1].Data.ToArray(), Is.EqualTo(new byte[8]));
    }

    [Test]
    public void Text_that_is_not_valid_UTF_8_is_written_as_valid_JSON()
    {
        byte[] data = [2, 0, 0, 0, 0xC3, 0x28];

        Assert.That(Json.WriteData(TensorDataType.Bytes, data), Is.EqualTo("[\"\\uFFFD(\"]"));
    }

    private static Arbitrary<(TensorDataType Type, long[] Shape, int Seed)> Tensors() => (
        from type in Gen.Elements(Types)
        from rank in Gen.Choose(0, 4)
        from shape in Gen.Choose(0, 4).Select(d => (long)d).ArrayOf(rank)
        from seed in Gen.Choose(0, int.MaxValue)
        select (type, shape, seed)).ToArbitrary();

    private static byte[] Data(TensorDataType type, int seed, long[] shape)
    {
        Random random = new(seed);
        int count = (int)shape.Aggregate(1L, (a, b) => a * b);
        if (type == TensorDataType.Bytes)
        {
            return [.. Enumerable.Range(0, count).SelectMany(_ => Text(random))];
        }

        byte[] data = new byte[count * type.Size()];
        random.NextBytes(data);
        for (int i = 0; i < count; i++)
        {
            Span<byte> element = data.AsSpan(i * type.Size(), type.Size());
            switch (type)
            {
                case TensorDataType.Bool: element[0] &= 1; break;
                // There is one way to write "not a number" and many bit patterns.
                case TensorDataType.Fp16 when Half.IsNaN(BinaryPrimitives.ReadHalfLittleEndian(element)): element.Clear(); break;
                case TensorDataType.Bf16 when (element[1] & 0x7F) == 0x7F && (element[0] & 0x80) != 0: element.Clear(); break;
                case TensorDataType.Fp32 when float.IsNaN(BinaryPrimitives.ReadSingleLittleEndian(element)): element.Clear(); break;
                case TensorDataType.Fp64 when double.IsNaN(BinaryPrimitives.ReadDoubleLittleEndian(element)): element.Clear(); break;
            }
        }

        return data;
    }

    private static byte[] Text(Random random)
    {
        Rune[] runes = [.. Enumerable.Range(0, random.Next(6)).Select(_ => new Rune(random.Next(0x20, 0xD800)))];
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(runes.Select(r => r.ToString())));
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        return [.. length, .. text];
    }
}
