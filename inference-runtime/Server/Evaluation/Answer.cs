namespace ModelOperator.Server.Evaluation;

/// <summary>What a revision made of a row: labels, or the model's error.</summary>
/// <param name="Labels">Predicted labels; null when the model answered with an error.</param>
/// <param name="Error">What the error says.</param>
/// <param name="Latency">From the request to the whole answer.</param>
internal sealed record Answer(string[]? Labels, string? Error, TimeSpan Latency)
{
    /// <summary>Whether there is a prediction for every label of the truth.</summary>
    public bool Fits(IReadOnlyList<string> truth) => Labels?.Length == truth.Count;

    /// <summary>Whether one prediction is wrong; there being none, or not as many as there must be, is wrong too.</summary>
    public bool IsWrong(IReadOnlyList<string> truth, int index) => !Fits(truth) || Labels![index] != truth[index];
}
