namespace ModelOperator.Rollouts;

/// <summary>What a person orders, as it stands in the annotation of the ModelDeployment.</summary>
/// <param name="Text">The order as it was written.</param>
/// <param name="Time">When it was given, or seen.</param>
/// <param name="By">Who gave it; null when the webhook did not see it.</param>
/// <param name="RequestId">Uid of the request that gave it; null when the webhook did not see it.</param>
public sealed record ControlRequest(string Text, DateTimeOffset Time, string? By = null, string? RequestId = null);
