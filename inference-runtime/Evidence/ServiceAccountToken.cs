using System.Buffers.Text;
using System.Text.Json;

namespace ModelOperator.Evidence;

/// <summary>
/// Tells the tokens of a cluster's service accounts from other credentials. Nobody means to sign in to a model store or a
/// source of metrics with one: whoever may name a Secret but not read it would get the rights of an account of the cluster.
/// </summary>
public static class ServiceAccountToken
{
    private const string Subject = "system:serviceaccount:";

    /// <summary>Whether a text is such a token.</summary>
    public static bool Is(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('.');
        if (parts.Length != 3)
        {
            return false;
        }

        try
        {
            using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return claims.RootElement.ValueKind == JsonValueKind.Object
                && claims.RootElement.TryGetProperty("sub", out JsonElement subject) && subject.ValueKind == JsonValueKind.String
                && subject.GetString()!.StartsWith(Subject, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
