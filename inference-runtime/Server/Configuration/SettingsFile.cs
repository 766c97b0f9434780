using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ModelOperator.Server.Configuration;

/// <summary>Reads a configuration file: JSON where its name ends so, YAML otherwise.</summary>
internal static class SettingsFile
{
    public static IConfigurationRoot Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                ? new ConfigurationBuilder().AddJsonStream(file).Build()
                : new ConfigurationBuilder().AddInMemoryCollection(ReadYaml(file)).Build();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(
                FailureReasons.InvalidConfiguration, $"--config is '{path}', which cannot be read: {e.Message}", e);
        }
        catch (YamlException e)
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{path} line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{path} cannot be read as settings: {e.Message}", e);
        }
    }

    /// <summary>Keys and values; the entries of a list have the keys of its name and their number.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> ReadYaml(Stream file)
    {
        YamlStream yaml = new();
        using StreamReader text = new(file);
        yaml.Load(text);
        return yaml.Documents switch
        {
            [] or [{ RootNode: YamlScalarNode { Value: null or "" } }] => [],
            [{ RootNode: YamlMappingNode settings }] =>
                [.. settings.Children.SelectMany(setting => Flatten(setting.Key.ToString(), setting.Value))],
            _ => throw new FormatException("expected one document of lines such as \"port: 8080\""),
        };
    }

    private static IEnumerable<KeyValuePair<string, string?>> Flatten(string key, YamlNode value) => value switch
    {
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" } => [new(key, null)],
        YamlScalarNode scalar => [new(key, scalar.Value)],
        YamlSequenceNode list => list.Children.SelectMany((item, i) => Flatten($"{key}:{i}", item)),
        // What is no plain value is refused by where it is used.
        _ => [new(key, null)],
    };
}
