using System.Text.Json.Serialization;

namespace ModelOperator.Protocol;

/// <summary>Answer to <c>GET v2</c>.</summary>
public sealed record ServerMetadata
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyList<string> Extensions { get; init; }
}

/// <summary>Answer to <c>GET v2/models/{name}</c>.</summary>
public sealed record ModelMetadata
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Versions { get; init; }

    public required string Platform { get; init; }

    public required IReadOnlyList<TensorMetadata> Inputs { get; init; }

    public required IReadOnlyList<TensorMetadata> Outputs { get; init; }
}

/// <summary>Answer to <c>GET v2/health/live</c>.</summary>
public sealed record LiveAnswer(bool Live);

/// <summary>Answer to <c>GET v2/health/ready</c> and <c>GET v2/models/{name}/ready</c>.</summary>
/// <param name="Name">The model that was asked for; null when all are.</param>
/// <param name="Ready">Whether it can be asked.</param>
public sealed record ReadyAnswer([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name, bool Ready);

/// <summary>An input or output of a model. A dimension of -1 is of any length.</summary>
public sealed record TensorMetadata
{
    public required string Name { get; init; }

    public required string Datatype { get; init; }

    public required IReadOnlyList<long> Shape { get; init; }
}

/// <summary>Answer to every request that fails.</summary>
public sealed record ErrorResponse(string Error);

/// <summary>Answer to a feedback.</summary>
public sealed record FeedbackResponse
{
    /// <summary>The request that the feedback is about.</summary>
    public required string Id { get; init; }

    public required string ModelName { get; init; }

    /// <summary>Predictions of the request that were right.</summary>
    public required int Correct { get; init; }

    /// <summary>Predictions of the request that were wrong.</summary>
    public required int Incorrect { get; init; }

    /// <summary>Whether feedback for the request was counted before; then this one was not.</summary>
    public required bool Duplicate { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(FeedbackResponse))]
public sealed partial class ProtocolJson : JsonSerializerContext;
