namespace ModelOperator.Server.Statistics;

/// <summary>Why a request got no results, in the classes of Triton's metrics.</summary>
internal enum FailureKind
{
    /// <summary>No room or no time for it: it never ran.</summary>
    Rejected,

    /// <summary>Its client went away.</summary>
    Canceled,

    /// <summary>The model failed.</summary>
    Backend,

    /// <summary>Anything else, such as a request the model cannot take.</summary>
    Other,
}

internal static class FailureKinds
{
    public const int Count = (int)FailureKind.Other + 1;

    /// <summary>Spelt as in Triton's label <c>reason</c>.</summary>
    public static string Label(this FailureKind kind) => kind switch
    {
        FailureKind.Rejected => "REJECTED",
        FailureKind.Canceled => "CANCELED",
        FailureKind.Backend => "BACKEND",
        _ => "OTHER",
    };
}
