using System.Buffers.Text;
using System.Text.Json;

namespace ModelOperator.Fetch.Stores;

/// <summary>
/// Tells the tokens of a cluster's service accounts from other credentials. Nobody means to sign in to a model store with one: whoever may name a Secret but
/// not read it would get the rights of an account of the cluster.
/// </summary>
internal static class ServiceAccountToken
{
    private const string Subject = "system:serviceaccount:";

    public static bool Is(string text)
    {
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
