using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ModelOperator.Generate;

/// <summary>The documentation comments of assemblies, as plain text.</summary>
public sealed partial class XmlDocs
{
    private readonly Dictionary<string, string> _summaries = new(StringComparer.Ordinal);

    private XmlDocs()
    {
    }

    /// <summary>Reads the XML files the compiler writes beside the assemblies.</summary>
    public static XmlDocs Load(params Assembly[] assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        var docs = new XmlDocs();
        foreach (var assembly in assemblies)
        {
            foreach (var member in XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
            {
                if (member.Element("summary") is { } summary && member.Attribute("name") is { } name)
                {
                    docs._summaries[name.Value] = Text(summary);
                }
            }
        }

        return docs;
    }

    /// <summary>The summary of a type.</summary>
    public string Of(Type type) => Find($"T:{Name(type)}");

    /// <summary>The summary of a property, a field or an enum member.</summary>
    public string Of(MemberInfo member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return Find($"{(member is PropertyInfo ? 'P' : 'F')}:{Name(member.DeclaringType!)}.{member.Name}");
    }

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private string Find(string id) =>
        _summaries.TryGetValue(id, out var text)
            ? text
            : throw new InvalidOperationException($"{id} has no <summary>: users would see a field without an explanation");

    private static string Text(XElement summary)
    {
        foreach (var reference in summary.Descendants().Where(element => element.IsEmpty).ToList())
        {
            var target = (reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))?.Value ?? "";
            reference.ReplaceWith(target[(target.LastIndexOfAny(['.', ':']) + 1)..]);
        }

        return Spaces().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
