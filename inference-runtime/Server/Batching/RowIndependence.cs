using System.Runtime.InteropServices;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Batching;

/// <summary>
/// Holds the outputs of rows that were computed together against those of the same rows computed alone. A model may state a batch dimension
/// and mix its rows all the same, and joining requests of several clients would then give each a part of the others' answers.
/// </summary>
internal sealed class RowIndependence(IReadOnlyList<InferTensor> sample, OutputSelection all)
{
    private const int Rows = 3;

    /// <summary>Of the largest value; kernels for other sizes add up in another order, and GPUs round coarsely.</summary>
    private const double Tolerance = 0.02;

    /// <summary>Whether each row's outputs are its own; null when the model does not compute the made-up rows.</summary>
    public bool? Check(RunSlot slot)
    {
        byte[][][] rows = [.. Enumerable.Range(0, Rows)
            .Select(row => (byte[][])[.. sample.Select((t, i) => RowValues.Make(t.DataType, t.Data.Length, (row * 31) + i))])];
        try
        {
            List<byte[]>[] alone = [.. rows.Select(row => Compute(slot, [row]))];
            List<byte[]> together = Compute(slot, rows);
            for (int output = 0; output < together.Count; output++)
            {
                for (int row = 0; row < Rows; row++)
                {
                    byte[] expected = alone[row][output];
                    if (expected.Length * Rows != together[output].Length
                        || !Same(all.Computed[output].DataType, expected, together[output].AsSpan(row * expected.Length, expected.Length)))
                    {
                        return false;
                    }
                }
            }

            return true;
        }
        catch (OrtCallException)
        {
            return null;
        }
        finally
        {
            slot.Clear();
        }
    }

    private List<byte[]> Compute(RunSlot slot, byte[][][] rows)
    {
        for (int i = 0; i < sample.Count; i++)
        {
            byte[] joined = [.. rows.SelectMany(row => row[i])];
            if (sample[i].DataType == TensorDataType.Bytes)
            {
                slot.StageStrings(i, sample[i].Shape, rows.Length, joined);
            }
            else
            {
                joined.CopyTo(slot.Stage(i, sample[i].Shape, rows.Length, joined.Length));
            }
        }

        OutputSet outputs = slot.Run(all);
        try
        {
            using InferResult result = outputs.Whole(default);
            List<byte[]> copies = [];
            foreach (ResultTensor output in result.Computed)
            {
                copies.Add(output.Data.ToArray());
            }

            return copies;
        }
        finally
        {
            outputs.Release();
            slot.Clear();
        }
    }

    private static bool Same(TensorDataType type, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => type switch
    {
        TensorDataType.Fp32 => Near(MemoryMarshal.Cast<byte, float>(one), MemoryMarshal.Cast<byte, float>(other)),
        TensorDataType.Fp64 => Near(MemoryMarshal.Cast<byte, double>(one), MemoryMarshal.Cast<byte, double>(other)),
        TensorDataType.Fp16 => Near(MemoryMarshal.Cast<byte, Half>(one), MemoryMarshal.Cast<byte, Half>(other)),
        // Of BF16 the order of the numbers is that of the upper half of a float.
        TensorDataType.Bf16 => Near(Widen(one), Widen(other)),
        _ => one.SequenceEqual(other),
    };

    private static bool Near<T>(ReadOnlySpan<T> one, ReadOnlySpan<T> other)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        double largest = 0;
        foreach (T value in one)
        {
            largest = T.IsFinite(value) ? Math.Max(largest, Math.Abs(double.CreateSaturating(value))) : largest;
        }

        for (int i = 0; i < one.Length; i++)
        {
            bool same = T.IsFinite(one[i]) && T.IsFinite(other[i])
                ? Math.Abs(double.CreateSaturating(one[i]) - double.CreateSaturating(other[i])) <= Tolerance * largest
                : one[i].Equals(other[i]);
            if (!same)
            {
                return false;
            }
        }

        return true;
    }

    private static float[] Widen(ReadOnlySpan<byte> bf16)
    {
        ReadOnlySpan<ushort> values = MemoryMarshal.Cast<byte, ushort>(bf16);
        float[] wide = new float[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = BitConverter.UInt32BitsToSingle((uint)values[i] << 16);
        }

        return wide;
    }
}
