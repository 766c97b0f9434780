using System.Security.Cryptography;
using System.Text;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// Names of Jobs, one for each run. A Job must not take the name of one just deleted: the Job controller keeps by name which pods it has
/// yet to see come or go, and makes none for the successor before it has seen those of the one before, or five minutes have passed.
/// </summary>
internal static class JobName
{
    // What Kubernetes puts into the label job-name of the pods.
    private const int Longest = 63;
    private const int HashLength = 8;

    /// <summary>A name of the model, the revision and the purpose, cut where it is too long, and a hash of these and the run.</summary>
    public static string Of(string model, string revision, string purpose, string run)
    {
        string whole = $"{model}-{revision}-{purpose}";
        string start = whole[..Math.Min(whole.Length, Longest - HashLength - 1)].TrimEnd('-');
        return $"{start}-{Hash($"{whole}\n{run}", HashLength)}";
    }

    private static string Hash(string text, int length) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..length];
}
