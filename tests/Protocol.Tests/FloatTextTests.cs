using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Protocol.Numbers;

namespace ModelOperator.Protocol.Tests;

public sealed class FloatTextTests
{
    [TestCase(0f, "0")]
    [TestCase(-0f, "-0")]
    [TestCase(1f, "1")]
    [TestCase(-2.5f, "-2.5")]
    [TestCase(0.1f, "0.1")]
    [TestCase(0.0001f, "0.0001")]
    [TestCase(-0.00012345678f, "-0.00012345678")]
    [TestCase(0.00001f, "1E-05")]
    [TestCase(1.5E-10f, "1.5E-10")]
    [TestCase(16777216f, "16777216")]
    [TestCase(123456790f, "123456790")]
    [TestCase(1E9f, "1E+09")]
    [TestCase(float.MaxValue, "3.4028235E+38")]
    [TestCase(float.Epsilon, "1E-45")]
    [TestCase(1.17549435E-38f, "1.1754944E-38")]
    [TestCase(9.5367431640625E-07f, "9.536743E-07")]
    public void A_float_is_written_as_short_as_it_can_be(float value, string text) => Assert.That(Write(value), Is.EqualTo(text));

    // Every power of two and its neighbours: there the gap to the next float changes.
    [Test]
    public void Around_powers_of_two_it_is_what_dotnet_writes([Range(0, 254)] int exponent)
    {
        foreach (int step in new[] { -2, -1, 0, 1, 2 })
        {
            float value = BitConverter.Int32BitsToSingle(Math.Max((exponent << 23) + step, 0));
            Assert.That(Write(value), Is.EqualTo(value.ToString(CultureInfo.InvariantCulture)));
        }
    }

    [Test]
    public void Over_all_floats_it_is_what_dotnet_writes()
    {
        Span<byte> ours = stackalloc byte[FloatText.MaxLength];
        Span<byte> expected = stackalloc byte[32];
        // A step that is prime meets every exponent and no pattern of fractions.
        for (long bits = 0; bits <= uint.MaxValue; bits += 9_973)
        {
            float value = BitConverter.UInt32BitsToSingle((uint)bits);
            if (!float.IsFinite(value))
            {
                continue;
            }

            int length = FloatText.Write(value, ours);
            Utf8Formatter.TryFormat(value, expected, out int wanted);
            if (!ours[..length].SequenceEqual(expected[..wanted]))
            {
                Assert.Fail(
                    $"{bits:x8}: {Encoding.ASCII.GetString(ours[..length])}, expected {Encoding.ASCII.GetString(expected[..wanted])}");
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property What_is_written_is_read_back(int bits) => Prop.ToProperty(
        !float.IsFinite(BitConverter.Int32BitsToSingle(bits))
        || BitConverter.SingleToInt32Bits(float.Parse(Write(BitConverter.Int32BitsToSingle(bits)), CultureInfo.InvariantCulture)) == bits);

    private static string Write(float value)
    {
        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        return Encoding.ASCII.GetString(text[..FloatText.Write(value, text)]);
    }
}
