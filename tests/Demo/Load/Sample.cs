using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Demo.Load;

/// <summary>One labelled image: 64 grey values of 0 to 16 and the digit they show.</summary>
public sealed record Sample(int[] Image, int Label)
{
    /// <summary>Reads a file of one JSON sample a line.</summary>
    public static List<Sample> ReadAll(string path) =>
        [.. File.ReadLines(path).Select((line, index) =>
            JsonSerializer.Deserialize(line, LoadJson.Default.Sample)
            ?? throw new InvalidDataException($"{path} line {index + 1} holds no sample."))];
}

/// <summary>The infer request of the Open Inference Protocol for one image.</summary>
public sealed record InferRequest(InferInput[] Inputs);

public sealed record InferInput(string Name, int[] Shape, string Datatype, int[] Data);

/// <summary>The part of the infer response that is looked at.</summary>
public sealed record InferResponse(InferOutput[] Outputs);

public sealed record InferOutput(string Name, double[] Data);

/// <summary>The truth about an earlier prediction.</summary>
public sealed record Feedback(string Id, int Truth);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Sample))]
[JsonSerializable(typeof(InferRequest))]
[JsonSerializable(typeof(InferResponse))]
[JsonSerializable(typeof(Feedback))]
[JsonSerializable(typeof(LoadReport))]
public sealed partial class LoadJson : JsonSerializerContext;
