using System.Text;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>Paths of the API.</summary>
internal static class ResourcePath
{
    /// <summary>All objects of a type, or those of one namespace.</summary>
    public static string Of<T>(ResourceType<T> type, string? @namespace)
        where T : KubernetesObject
    {
        var path = new StringBuilder(type.Group.Length == 0 ? "api/" : $"apis/{type.Group}/").Append(type.Version);
        if (type.Namespaced && !string.IsNullOrEmpty(@namespace))
        {
            path.Append("/namespaces/").Append(Uri.EscapeDataString(@namespace));
        }

        return path.Append('/').Append(type.Plural).ToString();
    }

    /// <summary>One object, or a subresource of it.</summary>
    public static string Of<T>(ResourceType<T> type, string? @namespace, string? name, string? subresource = null)
        where T : KubernetesObject
    {
        // An empty part would make the path that of the whole collection, and a DELETE of that deletes everything.
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (type.Namespaced)
        {
            ArgumentException.ThrowIfNullOrEmpty(@namespace);
        }

        var path = $"{Of(type, @namespace)}/{Uri.EscapeDataString(name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    public static string WithQuery(string path, params IEnumerable<(string Name, string? Value)> query)
    {
        var text = string.Join('&', query
            .Where(q => q.Value is not null)
            .Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}"));
        return text.Length == 0 ? path : $"{path}?{text}";
    }
}
