using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>How the truth is held against a prediction, in feedback and in evaluations.</summary>
[ValidationRule(
    "has(self.tolerance) == (has(self.kind) && self.kind == 'Regression')",
    message: "kind Regression needs tolerance, and tolerance belongs to it")]
[ValidationRule("!has(self.output) || !has(self.kind) || self.kind != 'Explicit'", message: "output belongs to kinds Classification and Regression")]
public sealed class FeedbackSpec
{
    /// <summary>
    /// Classification: the truth is a label. Regression: the truth is a number. Explicit: whoever gives feedback says whether the prediction was
    /// right, or how good it was; with the other kinds too, but nothing else with this one. Default: Classification.
    /// </summary>
    public FeedbackKind? Kind { get; set; }

    /// <summary>
    /// Output of the model that is judged. Default, Classification: the first of labels (whole numbers or strings), else the place of the largest
    /// number along the last dimension of the first of floating-point numbers; Regression: the first of floating-point numbers.
    /// </summary>
    [Length(1, 256)]
    public string? Output { get; set; }

    /// <summary>With kind Regression: how far from the truth a prediction still is right. A change holds at once, for every revision.</summary>
    public FeedbackTolerance? Tolerance { get; set; }
}

/// <summary>A prediction within one of them is right; with both, the wider one counts.</summary>
[ValidationRule("has(self.absolute) || has(self.percent)", message: "give absolute or percent, or both")]
public sealed class FeedbackTolerance
{
    /// <summary>Distance from the truth, a decimal number.</summary>
    [Pattern("^[0-9]{1,15}(\\.[0-9]{1,9})?$"), Length(1, 32)]
    public string? Absolute { get; set; }

    /// <summary>Distance in percent of the truth's size, a decimal number. Where the truth is 0 it allows none: give absolute as well.</summary>
    [Pattern("^[0-9]{1,3}(\\.[0-9]{1,9})?$"), Length(1, 16)]
    public string? Percent { get; set; }
}

/// <summary>What the truth is.</summary>
public enum FeedbackKind
{
    /// <summary>A label.</summary>
    Classification,

    /// <summary>A number.</summary>
    Regression,

    /// <summary>What whoever gives feedback says of the prediction.</summary>
    Explicit,
}
