using System.Text;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>Pieces of the JSON of the protocol.</summary>
internal static class Words
{
    public static IReadOnlyList<byte[]> OfJson { get; } =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "\\u00e9", " ", "\n", "/", "0", "-0",
            "-1", "1e9", "1e-9", "1e999", "-1e999", "0.1",
            "123456789012345678901234567890", "0.00000000000000000000000000001", "255", "256", "-128", "-129", "32767",
            "65535", "65536", "2147483647", "2147483648",
            "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615",
            "18446744073709551616", "16777217", "3.4028236e38",
            "true", "false", "null", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "NaN", "Infinity", "-Infinity", "\"parameters\":null",
            "\"id\":null", "[1,0,4]", "\"id\":", "\"inputs\":", "\"outputs\":", "\"parameters\":", "\"name\":", "\"shape\":",
            "\"datatype\":", "\"data\":", "\"binary_data_size\":", "\"binary_data\":", "\"binary_data_output\":",
            "\"classification\":", "\"priority\":", "\"timeout\":",
            "\"sequence_id\":", "\"truth\":", "\"prediction\":", "\"correct\":", "\"reward\":", "\"revision\":",
            "\"model_name\":", "\"model_version\":",
            "\"BOOL\"", "\"UINT8\"", "\"UINT16\"", "\"UINT32\"", "\"UINT64\"", "\"INT8\"", "\"INT16\"", "\"INT32\"",
            "\"INT64\"", "\"FP16\"", "\"FP32\"", "\"FP64\"", "\"BF16\"",
            "\"BYTES\"", "[[[[[[[[", "]]]]]]]]", "[1,1]", "[0]", "[-1]", "[2,2]", "\ufeff", "\ud83d\ude00",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc3], [0xed, 0xa0, 0x80], [0],
    ];

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
