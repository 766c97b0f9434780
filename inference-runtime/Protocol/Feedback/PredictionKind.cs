namespace ModelOperator.Protocol;

/// <summary>What a model's predictions are, and so what the truth about them is.</summary>
public enum PredictionKind
{
    /// <summary>Labels: right when the truth is the same.</summary>
    Label,

    /// <summary>Numbers: right when the truth is near.</summary>
    Number,

    /// <summary>Neither is known: whoever gives feedback says how good a prediction was.</summary>
    None,
}
