using System.Text.RegularExpressions;

namespace ModelOperator.Evidence;

/// <summary>
/// How the pods of one revision come to serve one model: a container that fetched it says the digest when it ends, and those that come
/// later find it in a file, if there is one by then.
/// </summary>
public static partial class ModelPin
{
    /// <summary>Folder of the file in a container that fetches.</summary>
    public const string Directory = "/var/run/modeloperator/pin";

    /// <summary>Name of the file: sha256: and 64 hexadecimal digits.</summary>
    public const string FileName = "digest";

    private const string Fetched = "ModelFetched";

    /// <summary>What a container says that has fetched a model.</summary>
    public static TerminationMessage Report(string digest) => new(Fetched, digest);

    /// <summary>The digest that a container said; null when it said something else.</summary>
    public static string? ReadReport(string? message) =>
        TerminationMessage.Parse(message) is { Reason: Fetched } told && Sha256().IsMatch(told.Message) ? told.Message : null;

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sha256();
}
