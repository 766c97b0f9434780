using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>An immutable row of numbers with value equality; its JSON is base64 of their bits, half as long as digits and exact.</summary>
[JsonConverter(typeof(Converter))]
public sealed class StateVector : IEquatable<StateVector>
{
    private const int Longest = 256;

    private readonly double[] _values;

    internal StateVector(double[] values) => _values = values;

    public int Count => _values.Length;

    public double this[int index] => _values[index];

    public ReadOnlySpan<double> Values => _values;

    /// <summary>Whether there are so many numbers and none is larger.</summary>
    internal bool IsWhole(int count, double largest) => Count == count && Array.TrueForAll(_values, value => Math.Abs(value) <= largest);

    internal static StateVector Zeros(int count) => new(new double[count]);

    internal double[] Copy() => [.. _values];

    public bool Equals(StateVector? other) =>
        other is not null && MemoryMarshal.AsBytes(Values).SequenceEqual(MemoryMarshal.AsBytes(other.Values));

    public override bool Equals(object? obj) => Equals(obj as StateVector);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(Values));
        return hash.ToHashCode();
    }

    internal sealed class Converter : JsonConverter<StateVector>
    {
        public override StateVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String
                || !reader.TryGetBytesFromBase64(out byte[]? bytes)
                || bytes.Length % sizeof(double) != 0
                || bytes.Length > Longest * sizeof(double))
            {
                throw new JsonException("A row of numbers is the base64 of 8 bytes each.");
            }

            double[] values = new double[bytes.Length / sizeof(double)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = BitConverter.Int64BitsToDouble(
                    System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * sizeof(double))));
                if (!double.IsFinite(values[i]))
                {
                    throw new JsonException("A row of numbers holds one that is not finite.");
                }
            }

            return new StateVector(values);
        }

        public override void Write(Utf8JsonWriter writer, StateVector value, JsonSerializerOptions options)
        {
            byte[] bytes = new byte[value.Count * sizeof(double)];
            for (int i = 0; i < value.Count; i++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(
                    bytes.AsSpan(i * sizeof(double)), BitConverter.DoubleToInt64Bits(value[i]));
            }

            writer.WriteBase64StringValue(bytes);
        }
    }
}
