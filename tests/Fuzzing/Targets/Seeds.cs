namespace ModelOperator.Fuzzing.Targets;

/// <summary>Documents that are right.</summary>
internal static class Seeds
{
    public static readonly string[] Types =
        ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BF16", "BYTES"];

    /// <summary>A request for each type, and some of each kind.</summary>
    public static IReadOnlyList<byte[]> Requests { get; } =
    [
        .. Types.Select(type => Words.Utf8(
            $$"""{"id":"a","inputs":[{"name":"x","datatype":"{{type}}","shape":[2,2],"data":[[{{Value(type)}},{{Value(type)}}],"""
            + $$"""[{{Value(type)}},{{Value(type)}}]]}]}""")),
        Words.Utf8(
            """{"id":"a","parameters":{"p":1,"q":"s","r":true,"priority":3,"timeout":1000},"inputs":["""
            + """{"data":[1,2.5,-3e2,"NaN"],"name":"x","datatype":"FP32","shape":[2,2],"parameters":{"z":1.5}},""" + "\n"
            + """{"name":"y\u00e9","datatype":"BYTES","shape":[1],"data":["\ud83d\ude00\n"]}],"outputs":["""
            + """{"name":"z","parameters":{"classification":3,"binary_data":false}},{"name":"w"}]}"""),
        Words.Utf8(
            """{"id":null,"parameters":null,"inputs":[{"name":"x","datatype":"FP32","shape":[4],"parameters":null,"data":"""
            + """[NaN, Infinity,-Infinity ,1]}],"outputs":null}"""),
        Words.Utf8(
            """{"inputs":[{"name":"past","datatype":"FP32","shape":[1,0,4],"data":[]},{"name":"none","datatype":"BYTES","shape":"""
            + """[0,64],"data":[[]]}]}"""),
    ];

    public static byte[] Binary(string json, params byte[] tensors) => [.. Words.Utf8(json), BinaryRequest.EndOfJson, .. tensors];

    private static string Value(string type) => type switch
    {
        "BOOL" => "true",
        "BYTES" => "\"ab\"",
        "FP16" or "FP32" or "FP64" or "BF16" => "-1.25e1",
        _ => "17",
    };
}
