using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ModelOperator.Cli.Manifests;

/// <summary>YAML as the JSON it stands for, the way kubectl reads it.</summary>
internal sealed class YamlJson
{
    private const int Deepest = 64;

    // Aliases of aliases make a short text stand for more than any memory holds.
    private const int MostNodes = 100_000;
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-.0123456789eE");

    private int _nodes;

    /// <summary>Converts a document.</summary>
    public static JsonNode? Of(YamlNode node) => new YamlJson().Of(node, 0);

    private JsonNode? Of(YamlNode node, int depth) => node switch
    {
        _ when depth > Deepest => throw new YamlException(node.Start, node.End, $"it is nested deeper than {Deepest}"),
        _ when ++_nodes > MostNodes => throw new YamlException(node.Start, node.End, $"it holds more than {MostNodes} values"),
        YamlMappingNode map => Object(map, depth),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(child => Of(child, depth + 1))]),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new YamlException(node.Start, node.End, "it holds something that JSON does not know"),
    };

    private JsonObject Object(YamlMappingNode map, int depth)
    {
        var properties = new JsonObject();
        foreach (var (key, value) in map.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? throw new YamlException(key.Start, key.End, "a key must be a plain word");
            properties[name] = Of(value, depth + 1);
        }

        return properties;
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) =>
                JsonValue.Create(whole),
            _ when IsNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) =>
                JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    private static bool IsNumber(string text) => !text.AsSpan().ContainsAnyExcept(NumberCharacters) && text.Any(char.IsAsciiDigit);
}
