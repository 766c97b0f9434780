using System.Text;

namespace ModelOperator.Server.Configuration;

/// <summary>Reads a configuration file: flags by their keys, as JSON where its name ends so and as YAML otherwise.</summary>
internal static class ConfigurationFile
{
    private const int MostBytes = 1024 * 1024;

    public static IReadOnlyList<FileSetting> Read(string path)
    {
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MostBytes)
            {
                throw Refusal($"--config is '{path}', which is larger than {MostBytes} bytes: name a file of settings");
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"--config is '{path}', which cannot be read: {e.Message}", e);
        }

        IReadOnlyList<FileSetting> settings = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? JsonSettings.Read(bytes, path)
            : YamlSettings.Read(Encoding.UTF8.GetString(bytes), path);
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        foreach (FileSetting setting in settings)
        {
            if (!seen.TryAdd(setting.Key, setting.Line))
            {
                throw Refusal($"{path} line {setting.Line}: {setting.Key} is there already, on line {seen[setting.Key]}: keep one of them");
            }
        }

        return settings;
    }

    public static TerminatingException Refusal(string message) => new(FailureReasons.InvalidConfiguration, message);
}
