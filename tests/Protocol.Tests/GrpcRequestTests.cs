using System.Buffers;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using ModelOperator.Fuzzing.Targets;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol.Grpc;
using Message = ModelOperator.GrpcMessages.ModelInferRequest;
using Tensor = ModelOperator.GrpcMessages.ModelInferRequest.Types.InferInputTensor;

namespace ModelOperator.Protocol.Tests;

/// <summary>Requests as gRPC carries them, held against what Google's own library makes of the same bytes.</summary>
public sealed class GrpcRequestTests
{
    private static readonly TensorDataType[] Types = Enum.GetValues<TensorDataType>();

    private static readonly TensorDataType[] Typed = [.. Types.Except([TensorDataType.Fp16, TensorDataType.Bf16])];

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property What_is_read_is_what_was_sent() => Prop.ForAll(Messages(), sent =>
    {
        using Grpc.ModelInferRequest read = ModelInferRequestReader.Read(sent.ToByteArray(), new PooledBuffer(), new ProtocolLimits());
        return Same(read, sent);
    });

    // Fields may come in any order, and those that are lists in pieces.
    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property The_order_of_fields_does_not_matter() =>
        Prop.ForAll(Messages(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (sent, seed) =>
        {
            byte[] bytes = Scattered(sent, new Random(seed));
            using Grpc.ModelInferRequest read = ModelInferRequestReader.Read(bytes, new PooledBuffer(), new ProtocolLimits());
            return Same(read, Message.Parser.ParseFrom(bytes));
        });

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property A_message_that_arrived_in_pieces_is_whole_and_its_first_raw_tensor_aligned() => Prop.ForAll(
        Messages(), ArbMap.Default.ArbFor<byte[]>(), (sent, cuts) =>
        {
            byte[] bytes = sent.ToByteArray();
            using MessageBuffer message = MessageBuffer.Copy(Pieces.Of(bytes, cuts));
            using MessageBuffer whole = MessageBuffer.Copy(new ReadOnlySequence<byte>(bytes));
            Assert.That(message.Memory.ToArray(), Is.EqualTo(bytes));
            int tensor = ModelInferRequestReader.FirstRawTensor(bytes);
            return tensor < 0
                || (MemoryMarshal.TryGetArray<byte>(whole.Memory, out ArraySegment<byte> segment) && (segment.Offset + tensor) % 8 == 0);
        });

    private static bool Same(Grpc.ModelInferRequest read, Message sent)
    {
        InferRequest request = read.Infer;
        Assert.That((read.ModelName, read.ModelVersion, request.Id ?? ""), Is.EqualTo((sent.ModelName, sent.ModelVersion, sent.Id)));
        Assert.That(
            request.Parameters.Priority,
            Is.EqualTo(sent.Parameters.TryGetValue("priority", out InferParameter? priority) ? priority.Uint64Param : 0));
        Assert.That(
            request.Parameters.Timeout,
            Is.EqualTo(sent.Parameters.TryGetValue("timeout", out InferParameter? timeout)
                ? TimeSpan.FromMicroseconds(timeout.Int64Param)
                : null));
        Assert.That(request.Outputs?.Select(output => output.Name) ?? [], Is.EqualTo(sent.Outputs.Select(output => output.Name)));
        Assert.That(request.Inputs, Has.Count.EqualTo(sent.Inputs.Count));
        for (int i = 0; i < sent.Inputs.Count; i++)
        {
            Tensor expected = sent.Inputs[i];
            InferTensor tensor = request.Inputs[i];
            Assert.That((tensor.Name, tensor.DataType.Name()), Is.EqualTo((expected.Name, expected.Datatype)));
            Assert.That(tensor.Shape, Is.EqualTo(expected.Shape));
            Assert.That(tensor.Data.ToArray(), Is.EqualTo(
                sent.RawInputContents.Count > 0 ? sent.RawInputContents[i].ToByteArray() : Bytes(tensor.DataType, expected.Contents)));
        }

        return true;
    }

    /// <summary>The same message, its fields one by one in another order.</summary>
    private static byte[] Scattered(Message message, Random random)
    {
        List<Queue<Message>> fields =
        [
            new([new Message { ModelName = message.ModelName }]),
            new([new Message { ModelVersion = message.ModelVersion }]),
            new([new Message { Id = message.Id }]),
            new(message.Parameters.Select(parameter => new Message { Parameters = { [parameter.Key] = parameter.Value } })),
            new(message.Inputs.Select(input => new Message { Inputs = { input } })),
            new(message.Outputs.Select(output => new Message { Outputs = { output } })),
            new(message.RawInputContents.Select(raw => new Message { RawInputContents = { raw } })),
        ];
        List<byte> bytes = [];
        while (fields.RemoveAll(field => field.Count == 0) >= 0 && fields.Count > 0)
        {
            bytes.AddRange(fields[random.Next(fields.Count)].Dequeue().ToByteArray());
        }

        return [.. bytes];
    }

    private static Arbitrary<Message> Messages() =>
        (from raw in Gen.Elements(true, false)
         from inputs in Gen.ListOf(Inputs(raw ? Types : Typed)).Where(list => list.Count is > 0 and < 5)
         from texts in Gen.Elements("", "digits", "é😀", new string('n', 100)).Three()
         from priority in Gen.Elements(0UL, 1UL, ulong.MaxValue)
         from timeout in Gen.Elements(0L, 1L, 5_000_000L)
         from outputs in Gen.Choose(0, 3)
         select Build(raw, [.. inputs], texts, priority, timeout, outputs)).ToArbitrary();

    private static Gen<(TensorDataType Type, long[] Shape, int Seed)> Inputs(TensorDataType[] types) =>
        from type in Gen.Elements(types)
        from shape in Gen.Choose(0, 4).Select(n => (long)n).ListOf().Where(list => list.Count < 5)
        from seed in Gen.Choose(0, int.MaxValue)
        select (type, shape.ToArray(), seed);

    private static Message Build(
        bool raw, (TensorDataType Type, long[] Shape, int Seed)[] inputs, (string Name, string Version, string Id) texts,
        ulong priority, long timeout, int outputs)
    {
        Message message = new() { ModelName = texts.Name, ModelVersion = texts.Version, Id = texts.Id };
        if (priority > 0)
        {
            message.Parameters["priority"] = new InferParameter { Uint64Param = priority };
        }

        if (timeout > 0)
        {
            message.Parameters["timeout"] = new InferParameter { Int64Param = timeout };
        }

        foreach ((TensorDataType type, long[] shape, int seed) in inputs)
        {
            InferTensorContents contents = Contents(
                type, (int)shape.Aggregate(1L, (product, dimension) => product * dimension), new Random(seed));
            Tensor tensor = new() { Name = $"input-{seed}", Datatype = type.Name(), Shape = { shape } };
            message.Inputs.Add(tensor);
            if (raw)
            {
                message.RawInputContents.Add(ByteString.CopyFrom(Bytes(type, contents)));
            }
            else
            {
                tensor.Contents = contents;
            }
        }

        message.Outputs.AddRange(
            Enumerable.Range(0, outputs).Select(i => new Message.Types.InferRequestedOutputTensor { Name = $"output-{i}" }));
        return message;
    }

    /// <summary>Elements in the field of their type; those of types without a field as whole numbers.</summary>
    private static InferTensorContents Contents(TensorDataType type, int count, Random random)
    {
        InferTensorContents contents = new();
        for (int i = 0; i < count; i++)
        {
            long bits = random.NextInt64(long.MinValue, long.MaxValue);
            switch (type)
            {
                case TensorDataType.Bool: contents.BoolContents.Add((bits & 1) == 0); break;
                case TensorDataType.Int8: contents.IntContents.Add((sbyte)bits); break;
                case TensorDataType.Int16: contents.IntContents.Add((short)bits); break;
                case TensorDataType.Int32: contents.IntContents.Add((int)bits); break;
                case TensorDataType.Int64: contents.Int64Contents.Add(bits); break;
                case TensorDataType.UInt8: contents.UintContents.Add((byte)bits); break;
                case TensorDataType.UInt16 or TensorDataType.Fp16 or TensorDataType.Bf16: contents.UintContents.Add((ushort)bits); break;
                case TensorDataType.UInt32: contents.UintContents.Add((uint)bits); break;
                case TensorDataType.UInt64: contents.Uint64Contents.Add((ulong)bits); break;
                case TensorDataType.Fp32: contents.Fp32Contents.Add(BitConverter.Int32BitsToSingle((int)bits)); break;
                case TensorDataType.Fp64: contents.Fp64Contents.Add(BitConverter.Int64BitsToDouble(bits)); break;
                default: contents.BytesContents.Add(ByteString.CopyFrom(BitConverter.GetBytes(bits)[..random.Next(8)])); break;
            }
        }

        return contents;
    }

    /// <summary>Elements as they lie in memory.</summary>
    private static byte[] Bytes(TensorDataType type, InferTensorContents contents) => type switch
    {
        TensorDataType.Bool => [.. contents.BoolContents.Select(value => value ? (byte)1 : (byte)0)],
        TensorDataType.Int8 => Bytes(contents.IntContents.Select(value => (sbyte)value)),
        TensorDataType.Int16 => Bytes(contents.IntContents.Select(value => (short)value)),
        TensorDataType.Int32 => Bytes(contents.IntContents),
        TensorDataType.Int64 => Bytes(contents.Int64Contents),
        TensorDataType.UInt8 => Bytes(contents.UintContents.Select(value => (byte)value)),
        TensorDataType.UInt16 or TensorDataType.Fp16 or TensorDataType.Bf16 => Bytes(contents.UintContents.Select(value => (ushort)value)),
        TensorDataType.UInt32 => Bytes(contents.UintContents),
        TensorDataType.UInt64 => Bytes(contents.Uint64Contents),
        TensorDataType.Fp32 => Bytes(contents.Fp32Contents),
        TensorDataType.Fp64 => Bytes(contents.Fp64Contents),
        _ => [.. contents.BytesContents.SelectMany(value => (byte[])[.. BitConverter.GetBytes(value.Length), .. value])],
    };

    private static byte[] Bytes<T>(IEnumerable<T> values)
        where T : unmanaged =>
        MemoryMarshal.AsBytes(values.ToArray().AsSpan()).ToArray();
}
