using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelOperator.Protocol.Tests;

public sealed class ClassificationTests
{
    [Test]
    public void The_largest_scores_of_each_row_come_first() =>
        Assert.That(
            Classify<float>(TensorDataType.Fp32, [0.25f, 0.5f, -1, 0, 7.125f, 7.125f], rows: 2, classes: 2, []),
            Is.EqualTo(["0.500000:1", "0.250000:0", "7.125000:1", "7.125000:2"]));

    [Test]
    public void Labels_are_told_where_there_are_any() =>
        Assert.That(
            Classify<long>(TensorDataType.Int64, [3, long.MaxValue, 5], rows: 1, classes: 9, ["cat", "dog"]),
            Is.EqualTo(["9223372036854775807:1:dog", "5:2", "3:0:cat"]));

    [Test]
    public void What_is_no_number_comes_last() =>
        Assert.That(
            Classify<double>(TensorDataType.Fp64, [double.NaN, double.PositiveInfinity, 1], rows: 1, classes: 3, []),
            Is.EqualTo(["inf:1", "1.000000:2", "nan:0"]));

    [TestCase(new long[] { 2, 3 }, 2, new long[] { 2, 2 })]
    [TestCase(new long[] { 2, 3 }, 5, new long[] { 2, 3 })]
    [TestCase(new long[] { 2, 3, 4 }, 20, new long[] { 2, 12 })]
    [TestCase(new long[] { 7 }, 3, new long[] { 3 })]
    public void The_shape_has_a_row_for_each_of_the_output(long[] shape, int classes, long[] expected) =>
        Assert.That(Classification.Shape("p", TensorDataType.Fp32, shape, classes), Is.EqualTo(expected));

    [TestCase(TensorDataType.Bytes, new long[] { 2 }, "output 'p' is BYTES, classification needs numbers")]
    [TestCase(TensorDataType.Fp32, new long[0], "output 'p' is a single value, classification needs a list of them")]
    public void Outputs_without_scores_are_refused(TensorDataType type, long[] shape, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => Classification.Shape("p", type, shape, 1))!.Message, Is.EqualTo(message));

    private static string[] Classify<T>(TensorDataType type, T[] scores, long rows, int classes, string[] labels)
        where T : unmanaged
    {
        using PooledBuffer buffer = new();
        Classification.Write(type, MemoryMarshal.AsBytes<T>(scores), rows, classes, labels, buffer);
        List<string> texts = [];
        for (ReadOnlySpan<byte> rest = buffer.Span; rest.Length > 0;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            texts.Add(Encoding.UTF8.GetString(rest.Slice(4, length)));
            rest = rest[(4 + length)..];
        }

        return [.. texts];
    }
}
