using System.Text;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>How a request travels.</summary>
internal enum Transport
{
    RestJson,
    RestBinary,
    Grpc,
}

/// <summary>A request, ready to be sent.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Transport">How it travels.</param>
/// <param name="Path">Path of the request.</param>
/// <param name="Headers">Headers besides the length.</param>
/// <param name="Body">The body.</param>
internal sealed record Payload(string Name, Transport Transport, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    private const string InferPath = "/v2/models/model/infer";

    public static Payload Json(string name, InputTensor input)
    {
        byte[] body = Encoding.ASCII.GetBytes(
            $$"""{"inputs":[{"name":"{{input.Name}}","shape":[{{string.Join(',', input.Shape)}}],"datatype":"FP32","data":"""
            + $$"""[{{input.JsonData()}}]}]}""");
        return new Payload(
            name, Transport.RestJson, InferPath, new Dictionary<string, string> { ["Content-Type"] = "application/json" }, body);
    }

    /// <summary>The binary tensor extension, for the request and for the response.</summary>
    public static Payload Binary(string name, InputTensor input)
    {
        byte[] data = input.Bytes();
        byte[] header = Encoding.ASCII.GetBytes(
            $$$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"{{{input.Name}}}","shape":"""
            + $$$"""[{{{string.Join(',', input.Shape)}}}],"datatype":"{{{input.DataType}}}","parameters":"""
            + $$$"""{"binary_data_size":{{{data.Length}}}}}]}""");
        return new Payload(
            name,
            Transport.RestBinary,
            InferPath,
            new Dictionary<string, string>
            {
                ["Content-Type"] = "application/octet-stream",
                ["Inference-Header-Content-Length"] = $"{header.Length}",
            },
            [.. header, .. data]);
    }

    /// <summary>A unary call of gRPC, its message framed.</summary>
    public static Payload Grpc(string name, InputTensor input) => new(
        name,
        Transport.Grpc,
        "/inference.GRPCInferenceService/ModelInfer",
        new Dictionary<string, string> { ["Content-Type"] = "application/grpc", ["TE"] = "trailers" },
        GrpcMessage.ModelInfer("model", input));

    /// <summary>The same request as the bytes of HTTP/1.1.</summary>
    public byte[] ToHttp1()
    {
        StringBuilder head = new($"POST {Path} HTTP/1.1\r\nHost: localhost\r\n");
        foreach ((string name, string value) in Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        head.Append($"Content-Length: {Body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head.ToString()), .. Body];
    }
}
