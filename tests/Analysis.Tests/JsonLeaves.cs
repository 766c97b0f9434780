using System.Text.Json.Nodes;

namespace ModelOperator.Analysis.Tests;

/// <summary>The same JSON with one value in it, wherever it is, gone or another.</summary>
internal static class JsonLeaves
{
    /// <summary>Paths of all properties, objects included.</summary>
    public static IEnumerable<string> Names(string text) => Names(JsonNode.Parse(text)!.AsObject(), "");

    /// <summary>Every value that is no object, as text, and the JSON with another in its place.</summary>
    public static IEnumerable<(string Value, Func<string, string> With)> Of(string text) =>
        from path in Names(text)
        let value = At(JsonNode.Parse(text)!, path)
        where value is not JsonObject
        select (value.ToString(), (Func<string, string>)(replacement => Replace(text, path, replacement)));

    public static string Without(string text, string path) => Edit(text, path, (parent, name) => parent.Remove(name));

    /// <param name="text">The JSON.</param>
    /// <param name="path">Names with points in between.</param>
    /// <param name="value">What goes there, which need not be JSON.</param>
    public static string Replace(string text, string path, string value) =>
        Edit(text, path, (parent, name) => parent[name] = "@hole@").Replace("\"@hole@\"", value, StringComparison.Ordinal);

    private static string Edit(string text, string path, Action<JsonObject, string> edit)
    {
        var root = JsonNode.Parse(text)!;
        int last = path.LastIndexOf('.');
        edit((last < 0 ? root : At(root, path[..last])).AsObject(), path[(last + 1)..]);
        return root.ToJsonString();
    }

    private static JsonNode At(JsonNode root, string path) =>
        path.Split('.').Aggregate(root, (node, name) => node[name] ?? throw new ArgumentException($"There is no {path}.", nameof(path)));

    private static IEnumerable<string> Names(JsonObject node, string prefix) =>
        node.SelectMany(pair =>
            pair.Value is JsonObject inner ? [prefix + pair.Key, .. Names(inner, $"{prefix}{pair.Key}.")] : new[] { prefix + pair.Key });
}
