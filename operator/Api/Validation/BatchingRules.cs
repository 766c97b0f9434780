namespace ModelOperator.Api.Validation;

/// <summary>Rules of spec.runtime.batching.</summary>
internal static class BatchingRules
{
    private const string Root = "spec.runtime.batching";

    public static IEnumerable<FieldError> Check(BatchingSpec? batching) =>
        batching is null ? [] : batching.Mode == BatchingMode.Disabled ? Disabled(batching) : PreferredSizes(batching);

    private static IEnumerable<FieldError> Disabled(BatchingSpec batching)
    {
        (string Field, object? Value)[] fields =
        [
            ("maxBatchSize", batching.MaxBatchSize),
            ("preferredBatchSizes", batching.PreferredBatchSizes is { } sizes ? $"[{string.Join(", ", sizes)}]" : null),
            ("maxQueueDelayMicroseconds", batching.MaxQueueDelayMicroseconds),
            ("maxQueueSize", batching.MaxQueueSize),
        ];
        return fields.Where(field => field.Value is not null).Select(field =>
            FieldError.Of($"{Root}.{field.Field}", field.Value, "has no effect with mode Disabled; set mode to Auto or leave it out"));
    }

    private static IEnumerable<FieldError> PreferredSizes(BatchingSpec batching)
    {
        var sizes = batching.PreferredBatchSizes ?? [];
        if (sizes.Count > 0 && batching.MaxBatchSize is null)
        {
            yield return FieldError.Of($"{Root}.maxBatchSize", "null", $"is required with preferredBatchSizes; want {sizes.Max()} or more");
        }

        for (var i = 0; i < sizes.Count; i++)
        {
            var field = $"{Root}.preferredBatchSizes[{i}]";
            if (sizes[i] < 1)
            {
                yield return FieldError.Of(field, sizes[i], "want 1 or more rows");
            }
            else if (sizes[i] > batching.MaxBatchSize)
            {
                yield return FieldError.Of(
                    field, sizes[i], $"is more than maxBatchSize ({batching.MaxBatchSize}) and would never be reached; want at most that");
            }
            else if (sizes.IndexOf(sizes[i]) < i)
            {
                yield return FieldError.Of(field, sizes[i], "is listed twice; list each size once");
            }
        }
    }
}
