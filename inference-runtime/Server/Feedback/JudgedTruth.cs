using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

/// <summary>The truth, made comparable with predictions as they are kept.</summary>
internal sealed class JudgedTruth
{
    private readonly long[] _truths;
    private readonly int? _width;
    private readonly bool _isNumber;
    private readonly Tolerance _tolerance;

    private JudgedTruth(long[] truths, int? width, bool isNumber, Tolerance tolerance) =>
        (_truths, _width, _isNumber, _tolerance) = (truths, width, isNumber, tolerance);

    /// <exception cref="ProtocolException">The truth is not of that kind.</exception>
    public static JudgedTruth Of(FeedbackValues truth, PredictionKind kind, Tolerance tolerance) => new(
        kind == PredictionKind.Number
            ? Array.ConvertAll(truth.Numbers("truth"), BitConverter.DoubleToInt64Bits)
            : Array.ConvertAll(truth.Labels("truth"), LabelCode.Of),
        truth.Width,
        kind == PredictionKind.Number,
        tolerance);

    /// <summary>Which rows of predictions are right; null when they are not as many as the truth.</summary>
    /// <param name="predictions">The predictions.</param>
    /// <param name="width">How many make a row.</param>
    public bool[]? Judge(ReadOnlySpan<long> predictions, int width)
    {
        if (!Fits(predictions.Length, width))
        {
            return null;
        }

        bool[] right = new bool[predictions.Length / width];
        for (int row = 0; row < right.Length; row++)
        {
            right[row] = true;
            for (int i = row * width; i < (row + 1) * width; i++)
            {
                right[row] &= Matches(i, predictions[i]);
            }
        }

        return right;
    }

    private bool Fits(int predictions, int width) => predictions > 0 && predictions == _truths.Length && (_width ?? width) == width;

    private bool Matches(int index, long prediction) => _isNumber
        ? _tolerance.Allows(BitConverter.Int64BitsToDouble(prediction), BitConverter.Int64BitsToDouble(_truths[index]))
        : prediction == _truths[index];
}
