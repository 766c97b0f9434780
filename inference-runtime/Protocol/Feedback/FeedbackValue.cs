namespace ModelOperator.Protocol;

/// <summary>
/// A truth or a prediction in a feedback. A label is a whole number or a string and is compared as text, so 7, 7.0 and "7" are the same
/// label.
/// </summary>
/// <param name="Label">It as a label; null for a number that is not whole.</param>
/// <param name="Number">It as a number; null for a string.</param>
public readonly record struct FeedbackValue(string? Label, double? Number);

/// <summary>Truths or predictions, row by row.</summary>
/// <param name="Items">All of them, one after the other.</param>
/// <param name="Width">How many belong to each row, where they came as a list of lists; else null.</param>
public sealed record FeedbackValues(IReadOnlyList<FeedbackValue> Items, int? Width)
{
    /// <summary>All as labels.</summary>
    /// <exception cref="ProtocolException">One is none.</exception>
    public string[] Labels(string what)
    {
        string[] labels = new string[Items.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = Items[i].Label
                ?? throw new ProtocolException($"{Place(what, i)} is {Items[i].Number:R}, expected a label: a whole number or a string");
        }

        return labels;
    }

    /// <summary>All as numbers.</summary>
    /// <exception cref="ProtocolException">One is none.</exception>
    public double[] Numbers(string what)
    {
        double[] numbers = new double[Items.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Items[i].Number ?? throw new ProtocolException($"{Place(what, i)} is a string, expected a number");
        }

        return numbers;
    }

    private string Place(string what, int index) =>
        Items.Count == 1 ? what : Width is { } width ? $"{what}[{index / width}][{index % width}]" : $"{what}[{index}]";
}
