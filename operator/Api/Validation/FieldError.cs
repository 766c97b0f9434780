namespace ModelOperator.Api.Validation;

/// <summary>A rule that a field breaks, said the way the API server says it.</summary>
/// <param name="Field">Path of the field, such as spec.rollout.steps[1].weight.</param>
/// <param name="Value">The value as the user wrote it, shortened; holds no secret.</param>
/// <param name="Problem">What is wrong and what would be right.</param>
public sealed record FieldError(string Field, string Value, string Problem)
{
    private const int LongestValue = 120;

    /// <summary>Makes an error for a text value.</summary>
    public static FieldError Text(string field, string value, string problem) =>
        new(field, $"\"{StatusLimits.Shorten(value, LongestValue)}\"", problem);

    /// <summary>Makes an error for a number, an enum or a piece of JSON.</summary>
    public static FieldError Of(string field, object? value, string problem) =>
        new(field, StatusLimits.Shorten(value?.ToString() ?? "null", LongestValue), problem);

    /// <inheritdoc/>
    public override string ToString() => $"{Field}: Invalid value: {Value}: {Problem}";
}
