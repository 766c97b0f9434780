using System.Text.Json.Nodes;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// Merges a user's pod template over ours: maps field by field, a null takes a field away, lists that Kubernetes itself
/// identifies by a key entry by entry, tolerations added, every other list replaced.
/// </summary>
internal static class PodTemplateMerge
{
    private enum EntryMerge
    {
        /// <summary>The two entries become one, field by field.</summary>
        Deep,

        /// <summary>The entry takes the other's place: its fields exclude each other (value and valueFrom, emptyDir and secret).</summary>
        Replace,
    }

    private static readonly Dictionary<string, (string Key, EntryMerge Merge)> KeyedLists = new(StringComparer.Ordinal)
    {
        ["containers"] = ("name", EntryMerge.Deep),
        ["initContainers"] = ("name", EntryMerge.Deep),
        ["imagePullSecrets"] = ("name", EntryMerge.Deep),
        ["ports"] = ("name", EntryMerge.Deep),
        ["env"] = ("name", EntryMerge.Replace),
        ["volumes"] = ("name", EntryMerge.Replace),
        ["volumeMounts"] = ("mountPath", EntryMerge.Replace),
    };

    public static JsonObject Merge(JsonObject ours, JsonObject? users)
    {
        var result = (JsonObject)ours.DeepClone();
        if (users is not null)
        {
            MergeObject(result, users);
        }

        return result;
    }

    private static void MergeObject(JsonObject target, JsonObject overlay)
    {
        foreach ((string field, JsonNode? value) in overlay)
        {
            switch (value)
            {
                case null:
                    target.Remove(field);
                    break;
                case JsonObject map when target[field] is JsonObject existing:
                    MergeObject(existing, map);
                    break;
                case JsonArray list when target[field] is JsonArray existing:
                    MergeList(target, field, existing, list);
                    break;
                default:
                    target[field] = value.DeepClone();
                    break;
            }
        }
    }

    private static void MergeList(JsonObject parent, string field, JsonArray existing, JsonArray overlay)
    {
        if (field == "tolerations")
        {
            foreach (JsonNode? toleration in overlay)
            {
                existing.Add(toleration?.DeepClone());
            }
        }
        else if (KeyedLists.TryGetValue(field, out (string Key, EntryMerge Merge) list))
        {
            foreach (JsonNode? entry in overlay)
            {
                MergeEntry(existing, entry, list.Key, list.Merge);
            }
        }
        else
        {
            parent[field] = overlay.DeepClone();
        }
    }

    private static void MergeEntry(JsonArray existing, JsonNode? entry, string key, EntryMerge merge)
    {
        int index = KeyOf(entry, key) is { } name ? IndexOf(existing, key, name) : -1;
        if (index < 0)
        {
            existing.Add(entry?.DeepClone());
        }
        else if (merge == EntryMerge.Deep)
        {
            MergeObject((JsonObject)existing[index]!, (JsonObject)entry!);
        }
        else
        {
            existing[index] = entry!.DeepClone();
        }
    }

    private static int IndexOf(JsonArray list, string key, string name)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (KeyOf(list[i], key) == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static string? KeyOf(JsonNode? entry, string key) =>
        entry is JsonObject map && map[key] is JsonValue value && value.TryGetValue(out string? name) ? name : null;
}
