using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Protocol.Tests;

/// <summary>The quick way through lists of FP32 values is held against the careful one: same tensors, same errors.</summary>
public sealed class JumpingReaderTests
{
    private static readonly string[] Types =
        ["UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BF16", "BOOL", "BYTES"];

    private static readonly string[] Odd =
    [
        "0", "-0", "-0.0", "0.0", "1", "-1", "127", "128", "-128", "-129", "255", "256", "32767", "-32768", "65535", "65536",
        "2147483647", "2147483648",
        "-2147483648", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616", "00", "01", "-01", "1.", ".5", "+1", "1e", "1e+", "1e5", "1E-5", "1e0005", "0e999", "1e999",
        "-1e-999", "1.5e00000000000000000001",
        "3.4028235e38", "3.4028236e38", "3.40282356779733661637539395458142568447e38", "1.17549435e-38", "1.1754942e-38",
        "1e-45", "7e-46", "65504", "65519.9", "65520",
        "0.1", "0.30000000000000004", "16777217", "16777217.0000000001", "16777219", "9007199254740993",
        "1.00000005960464477539062", "1.000000059604644775390625",
        "1.00000005960464477539063", "0.000000000000000000000000123456789", "123456789012345678901234567890", "5e-324",
        "2.2250738585072011e-308", "1.7976931348623159e308",
        "\"NaN\"", "\"Infinity\"", "NaN", "-Infinity", "Infinity ", "-NaN", "NaNs", "true", "false", "null", "[1]", "[]",
        "{}", "\"a\\n\"", "nan", "-", "1 2", "0x1", "1_0",
    ];

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Elements(Odd),
        ArbMap.Default.GeneratorFor<float>().Select(f => f.ToString("R", CultureInfo.InvariantCulture)),
        ArbMap.Default.GeneratorFor<double>().Select(d => d.ToString("R", CultureInfo.InvariantCulture)),
        ArbMap.Default.GeneratorFor<long>().Select(n => n.ToString(CultureInfo.InvariantCulture)),
        Gen.Choose(0, 300).Select(n => n.ToString(CultureInfo.InvariantCulture)),
        from digits in Gen.Elements("0123456789".ToCharArray()).ArrayOf().Where(d => d.Length > 0)
        from point in Gen.Choose(0, 24)
        from exponent in Gen.Choose(-50, 50)
        from form in Gen.Choose(0, 3)
        select Decimal(new string(digits), point, exponent, form));

    private static readonly Gen<string> Space = Gen.Elements("", "", "", " ", "\n", "\t \r\n");

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Any_list_is_read_as_by_the_careful_reader() => Prop.ForAll(
        (from type in Gen.Elements(Types)
         from shape in Gen.Elements("[3]", "[1,3]", "[3,1]", "[2,2]", "[1]", "[]", "[0]", "[2,0]", "[1,2,2]")
         from nest in Gen.Choose(0, 3)
         from space in Space
         from values in Gen.OneOf(Number, Gen.Choose(0, 99).Select(n => n.ToString(CultureInfo.InvariantCulture))).ArrayOf()
         from tail in Gen.Elements("", "", "", "", ",\"later\":[1,}", ",\"x\":\"\\ud800\"", ",\"data\":[1]", "} ", "]")
         let data = List(values, shape, nest, space)
         select $$"""{"inputs":[{"name":"x","shape":{{shape}},"datatype":"{{type}}",{{space}}"data":{{data}}{{tail}}}]}""").ToArbitrary(),
        Agree);

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Any_number_is_read_as_by_the_careful_reader() => Prop.ForAll(
        (from type in Gen.Elements(Types)
         from value in Number
         select Json.Tensor(type, "[1]", $"[{value}]")).ToArbitrary(),
        Agree);

    /// <summary>
    /// The floats next to each other are told apart by their last digit, and half-way between them is where a rounding shows.
    /// </summary>
    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Numbers_half_way_between_floats_are_rounded_as_by_the_careful_reader() => Prop.ForAll(
        (from bits in Gen.Choose(0, int.MaxValue)
         from nudge in Gen.Choose(-3, 3)
         let low = BitConverter.Int32BitsToSingle(bits)
         where float.IsFinite(low) && float.IsFinite(MathF.BitIncrement(low))
         let middle = ((double)low + MathF.BitIncrement(low)) / 2
         let near = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(middle) + nudge)
         from format in Gen.Elements("R", "E17", "E16", "E25")
         select Json.Tensor("FP32", "[1]", $"[{near.ToString(format, CultureInfo.InvariantCulture)}]")).ToArbitrary(),
        Agree);

    [Test]
    public void A_list_in_the_usual_order_of_fields_is_read_the_quick_way()
    {
        JsonCursor cursor = new("[1, 2.5 ,-3e0]"u8, jumps: true);
        cursor.Reader.Read();
        using PooledBuffer buffer = new();

        bool read = cursor.TryReadFloats(3, buffer);

        Assert.That(read, Is.True);
        Assert.That(cursor.Reader.TokenType, Is.EqualTo(System.Text.Json.JsonTokenType.EndArray));
        Assert.That(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(buffer.Span).ToArray(), Is.EqualTo([1f, 2.5f, -3f]));
    }

    private static bool Agree(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        (string? error, byte[]? data) quick = Outcome(() => InferRequestReader.Read(bytes, default, new ProtocolLimits()));
        (string? error, byte[]? data) careful = Outcome(() => InferRequestReader.ReadCarefully(bytes, default, new ProtocolLimits()));
        return quick.error == careful.error && quick.data.AsSpan().SequenceEqual(careful.data);
    }

    private static (string? Error, byte[]? Data) Outcome(Func<InferRequest> read)
    {
        try
        {
            using InferRequest request = read();
            return (null, request.Inputs[0].Data.ToArray());
        }
        catch (ProtocolException e)
        {
            return ($"{e.StatusCode} {e.Message}", null);
        }
    }

    private static string Decimal(string digits, int point, int exponent, int form)
    {
        digits = digits.Length > 25 ? digits[..25] : digits;
        string whole = digits[..Math.Min(point, digits.Length)].TrimStart('0');
        string fraction = digits[Math.Min(point, digits.Length)..];
        string number = (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : "." + fraction);
        return (form & 1) == 0 ? number : $"-{number}e{exponent.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>The values flat, nested like the shape as far as they go, or nested in some other way.</summary>
    private static string List(string[] values, string shape, int nest, string space)
    {
        string flat = $"[{space}{string.Join(space + ",", values)}{space}]";
        long[] lengths = [.. shape.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        int last = lengths.Length > 1 ? (int)lengths[^1] : 0;
        return nest == 0 || last == 0 ? flat
            : nest == 1 ? $"[{flat}]"
            : "[" + string.Join(space + ",", values.Chunk(last).Select(row => $"{space}[{string.Join(",", row)}]")) + "]";
    }
}
