using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ModelOperator.Server.Configuration;

/// <summary>Settings as a YAML mapping of keys to values or lists of values. Only YAML's events are read, which needs no reflection.</summary>
internal static class YamlSettings
{
    public static IReadOnlyList<FileSetting> Read(string text, string path)
    {
        List<FileSetting> settings = [];
        try
        {
            Parser parser = new(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return settings;
            }

            parser.Consume<DocumentStart>();
            if (parser.TryConsume<Scalar>(out var nothing) && nothing.Value.Length == 0)
            {
                return settings;
            }

            if (!parser.TryConsume<MappingStart>(out _))
            {
                throw ConfigurationFile.Refusal($"{path}: expected lines such as \"port: 8080\"");
            }

            while (!parser.TryConsume<MappingEnd>(out _))
            {
                Scalar key = parser.Consume<Scalar>();
                settings.Add(new FileSetting(key.Value, Values(parser, key, path), (int)key.Start.Line));
            }

            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _)
                ? settings
                : throw ConfigurationFile.Refusal($"{path}: it has a second document, expected one");
        }
        catch (YamlException e)
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{path} line {e.Start.Line}: it is no YAML: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // What the parser does with some lists and mappings that do not end.
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{path}: it is no YAML: a list or mapping does not end", e);
        }
    }

    private static List<string> Values(Parser parser, Scalar key, string path)
    {
        if (!parser.TryConsume<SequenceStart>(out _))
        {
            return [Value(parser, key, path)];
        }

        List<string> values = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            values.Add(Value(parser, key, path));
        }

        return values;
    }

    private static string Value(Parser parser, Scalar key, string path) =>
        parser.TryConsume<Scalar>(out var value) && !(value.IsPlainImplicit && value.Value is "" or "~" or "null")
            ? value.Value
            : throw ConfigurationFile.Refusal($"{path} line {key.Start.Line}: {key.Value} has no plain value: write {key.Value}: VALUE, or leave the line out");
}
