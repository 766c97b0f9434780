using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Feedback;

/// <summary>
/// Reads what a model predicted out of one of its outputs, each prediction as eight bytes: a <see cref="LabelCode"/>, or the bits of a
/// double.
/// </summary>
internal sealed class PredictionReader
{
    private readonly TensorSpec _output;
    private readonly ElementReading _read;
    private readonly bool _isScores;

    private PredictionReader(TensorSpec output, PredictionKind kind, bool isScores)
    {
        (_output, Kind, _isScores) = (output, kind, isScores);
        _read = kind == PredictionKind.Number ? NumberReadings.For(output.DataType)
            : isScores ? ScoreReadings.For(output.DataType)
            : LabelReadings.For(output.DataType);
    }

    /// <summary>The output that is read.</summary>
    public string OutputName => _output.Name;

    /// <summary>What the predictions are.</summary>
    public PredictionKind Kind { get; }

    /// <summary>The reader for a model's outputs; null when they hold nothing that could be judged.</summary>
    /// <exception cref="TerminatingException">The output that was named is none, or cannot be judged.</exception>
    public static PredictionReader? For(IReadOnlyList<TensorSpec> outputs, FeedbackOptions options) => options switch
    {
        { Kind: PredictionKind.None } => null,
        { Output: { } name } => Named(outputs, name, options.Kind),
        { Kind: PredictionKind.Number } => outputs.FirstOrDefault(o => IsFloatingPoint(o.DataType)) is { } number
            ? new(number, PredictionKind.Number, false)
            : null,
        _ => outputs.FirstOrDefault(IsLabels) is { } labels ? new(labels, PredictionKind.Label, false)
            : outputs.FirstOrDefault(IsScores) is { } scores ? new(scores, PredictionKind.Label, true)
            : null,
    };

    /// <summary>How many predictions an output of this shape holds: none when it is not what the model promised.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="elements">The product of the shape.</param>
    /// <param name="width">How many make one row, which is right when all of it is.</param>
    public int Count(TensorDataType type, ReadOnlySpan<long> shape, long elements, out int width)
    {
        width = 1;
        if (type != _output.DataType || elements is 0 or > int.MaxValue)
        {
            return 0;
        }

        if (_isScores)
        {
            return shape.Length >= 2 && shape[^1] >= 2 ? (int)(elements / shape[^1]) : 0;
        }

        if (Kind == PredictionKind.Number && shape.Length >= 2)
        {
            width = (int)(elements / shape[0]);
        }

        return (int)elements;
    }

    /// <summary>Reads the predictions.</summary>
    /// <param name="data">The elements.</param>
    /// <param name="elements">How many they are.</param>
    /// <param name="predictions">As many as <see cref="Count"/> said.</param>
    public void Read(ReadOnlySpan<byte> data, long elements, Span<long> predictions) =>
        _read(data, (int)(elements / predictions.Length), predictions);

    private static PredictionReader Named(IReadOnlyList<TensorSpec> outputs, string name, PredictionKind kind)
    {
        TensorSpec output = outputs.FirstOrDefault(o => o.Name == name) ?? throw new TerminatingException(
            FailureReasons.InvalidConfiguration,
            $"--feedback-output is '{name}', but the model has no such output, "
            + $"only {string.Join(", ", outputs.Select(o => $"'{o.Name}'"))}");
        bool isNumber = IsFloatingPoint(output.DataType);
        return kind == PredictionKind.Number
            ? isNumber || IsWhole(output.DataType) ? new(output, kind, false) : throw Unfit(output, "numbers")
            : !isNumber && (IsWhole(output.DataType) || output.DataType == TensorDataType.Bytes) ? new(output, kind, false)
            : IsScores(output) ? new(output, kind, true)
            : throw Unfit(output, "labels or scores of classes");
    }

    private static TerminatingException Unfit(TensorSpec output, string wanted) => new(
        FailureReasons.InvalidConfiguration,
        $"--feedback-output is '{output.Name}', which is {output.DataType.Name()} {output.Describe()} and holds no {wanted}");

    private static bool IsLabels(TensorSpec output) =>
        (output.DataType == TensorDataType.Bytes || IsWhole(output.DataType))
        && (output.Shape.Length <= 1 || (output.Shape.Length == 2 && output.Shape[1] == 1));

    private static bool IsScores(TensorSpec output) =>
        IsFloatingPoint(output.DataType) && output.Shape.Length != 1 && (output.Shape.Length == 0 || output.Shape[^1] != 1);

    private static bool IsWhole(TensorDataType type) => type is >= TensorDataType.UInt8 and <= TensorDataType.Int64;

    private static bool IsFloatingPoint(TensorDataType type) =>
        type is TensorDataType.Fp16 or TensorDataType.Bf16 or TensorDataType.Fp32 or TensorDataType.Fp64;
}
