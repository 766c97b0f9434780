using System.Text.Json.Serialization;

namespace ModelOperator.Evidence;

/// <summary>
/// What an evaluation on a labelled data set has counted so far, and at its end in all: what <c>inference-runtime evaluate</c> answers to
/// <c>GET /progress</c> while it runs and leaves as its result. Counts alone: what they mean is the operator's to say.
/// </summary>
public sealed class EvaluationReport
{
    /// <summary>Rows of the data set answered so far.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows of the data set.</summary>
    public required long TotalRows { get; init; }

    /// <summary>The new revision.</summary>
    public required ArmReport Canary { get; init; }

    /// <summary>The revision that serves; null when there is none to compare with.</summary>
    public ArmReport? Stable { get; init; }

    /// <summary>Predictions that the canary alone got wrong.</summary>
    public long OnlyCanaryWrong { get; init; }

    /// <summary>Predictions that stable alone got wrong.</summary>
    public long OnlyStableWrong { get; init; }

    /// <summary>The quantile of <see cref="ArmReport.LatencyMicroseconds"/>, in percent.</summary>
    public required int QuantilePercent { get; init; }

    /// <summary>What <see cref="ArmReport.Slow"/> is slower than; null when no limit was given.</summary>
    public int? MaxMilliseconds { get; init; }

    /// <summary>Whether every row has been answered.</summary>
    [JsonIgnore]
    public bool IsComplete => Rows == TotalRows;
}

/// <summary>What an evaluation has counted of one revision.</summary>
public sealed class ArmReport
{
    /// <summary>Predictions held against the truth; a row with a batch has several.</summary>
    public required long Total { get; init; }

    /// <summary>Of these, wrong ones, those of requests that the model failed included.</summary>
    public required long Bad { get; init; }

    /// <summary>Requests that the model answered with an error.</summary>
    public long Errors { get; init; }

    /// <summary>What one of the errors said.</summary>
    public string? Error { get; init; }

    /// <summary>Requests answered well, whose latency was measured.</summary>
    public long Answers { get; init; }

    /// <summary>Of these, slower than the limit.</summary>
    public long Slow { get; init; }

    /// <summary>The latency at the quantile, at most 2 % above the true one; null before the first answer.</summary>
    public long? LatencyMicroseconds { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvaluationReport))]
public sealed partial class EvaluationJson : JsonSerializerContext;
