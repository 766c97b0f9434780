namespace ModelOperator.Server.Evaluation;

/// <summary>What a revision made of a row, or the model's error.</summary>
/// <param name="Right">Whether each prediction is right; null when the model answered with an error, or with another number of predictions than the truth has.</param>
/// <param name="Predictions">How many predictions there are.</param>
/// <param name="Error">What the error says; null when there is none.</param>
/// <param name="Latency">From the request to the whole answer.</param>
internal sealed record Answer(bool[]? Right, int Predictions, string? Error, TimeSpan Latency)
{
    /// <summary>Whether a prediction is wrong; there being none, or not as many as there must be, is wrong too.</summary>
    public bool IsWrong(int index) => Right is null || !Right[index];
}
