using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client;

/// <summary>What an object lacks of the labels, annotations and owners that an intent gives it.</summary>
public static class MetadataDrift
{
    /// <summary>In words for people; null when the object has all of it.</summary>
    /// <param name="current">Metadata of the object.</param>
    /// <param name="intent">Metadata of the intent.</param>
    public static string? Of(ObjectMeta current, JsonObject? intent)
    {
        ArgumentNullException.ThrowIfNull(current);
        List<string> missing =
        [
            .. Pairs("label", current.Labels, intent?["labels"]),
            .. Pairs("annotation", current.Annotations, intent?["annotations"]),
            .. Owners(current, intent?["ownerReferences"]),
        ];
        return missing.Count == 0 ? null : string.Join(", ", missing);
    }

    private static IEnumerable<string> Pairs(string kind, Dictionary<string, string>? have, JsonNode? want)
    {
        foreach (var (key, node) in want as JsonObject ?? [])
        {
            var value = (string?)node;
            if (have?.GetValueOrDefault(key) is not { } found)
            {
                yield return $"{kind} {key} was missing";
            }
            else if (found != value)
            {
                yield return $"{kind} {key} was \"{found}\" instead of \"{value}\"";
            }
        }
    }

    private static IEnumerable<string> Owners(ObjectMeta current, JsonNode? want) =>
        from node in want as JsonArray ?? []
        let owner = node!.AsObject()
        where current.OwnerReferences?.Exists(have => have.Uid == (string?)owner["uid"]
            && (have.Controller ?? false) == ((bool?)owner["controller"] ?? false)) != true
        select $"owner {(string?)owner["name"]} was missing";
}
