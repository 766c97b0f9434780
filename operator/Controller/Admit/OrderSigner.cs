using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Runtime.Webhooks;

namespace ModelOperator.Controller.Admit;

/// <summary>Who gave an order, as the webhook writes it beside the order.</summary>
/// <param name="User">Their name, as the API server knows them.</param>
/// <param name="Time">When.</param>
/// <param name="RequestId">Uid of the request.</param>
/// <param name="Signature">HMAC-SHA256 of these, the order and the object, in base64.</param>
internal sealed record OrderGiver(string User, DateTimeOffset Time, string RequestId, string Signature);

/// <summary>
/// Signs who gave an order. Whoever may change a ModelDeployment may write any annotation while the webhook is away, and history would name
/// whom they like.
/// </summary>
internal sealed class OrderSigner(IServiceProvider services)
{
    private const string Purpose = "modeloperator.io/control-by";
    private const int LongestText = 2048;

    // Without webhooks there is none.
    private readonly IInstallationKey? _key = services.GetService<IInstallationKey>();

    /// <summary>What to write beside the order; null while there is no key.</summary>
    public string? Sign(ModelDeployment model, string order, string user, DateTimeOffset time, string requestId) =>
        _key?.Derive(Purpose) is { } key
            ? JsonSerializer.Serialize(
                new OrderGiver(user, time, requestId, Convert.ToBase64String(Mac(key, model, order, user, time, requestId))),
                OrderJsonContext.Default.OrderGiver)
            : null;

    /// <summary>Who gave the order; null when that does not say so, or nobody signed it.</summary>
    public OrderGiver? Verify(ModelDeployment model, string order, string? text)
    {
        if (text is not { Length: <= LongestText } || _key?.Derive(Purpose) is not { } key)
        {
            return null;
        }

        try
        {
            var giver = JsonSerializer.Deserialize(text, OrderJsonContext.Default.OrderGiver);
            return giver is { User: not null, RequestId: not null, Signature: not null }
                && CryptographicOperations.FixedTimeEquals(
                    Convert.FromBase64String(giver.Signature), Mac(key, model, order, giver.User, giver.Time, giver.RequestId))
                    ? giver
                    : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    // The length of each part comes before it: no two lists of parts make the same text.
    private static byte[] Mac(byte[] key, ModelDeployment model, string order, string user, DateTimeOffset time, string requestId)
    {
        string?[] parts =
            [model.Metadata.Namespace, model.Metadata.Name, order, user, time.UtcTicks.ToString(CultureInfo.InvariantCulture), requestId];
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => $"{part?.Length ?? 0}:{part}"))));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OrderGiver))]
internal sealed partial class OrderJsonContext : JsonSerializerContext;
