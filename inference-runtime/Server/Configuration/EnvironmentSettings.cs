using System.Collections;

namespace ModelOperator.Server.Configuration;

/// <summary>The variables MODEL_SERVER_..., without those that Kubernetes makes up.</summary>
internal static class EnvironmentSettings
{
    private const string ServiceHost = SettingName.VariablePrefix + "SERVICE_HOST";

    public static Dictionary<string, string> Read(IDictionary variables)
    {
        // A Service that happens to be named model-server puts variables like MODEL_SERVER_PORT=tcp://10.0.0.1:80 into the pods beside it.
        bool service = variables.Contains(ServiceHost);
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in variables)
        {
            if (variable is { Key: string name, Value: string value } && name.StartsWith(SettingName.VariablePrefix, StringComparison.Ordinal)
                && !(service && IsServiceLink(name[SettingName.VariablePrefix.Length..], value)))
            {
                settings.Add(name, value);
            }
        }

        return settings;
    }

    private static bool IsServiceLink(string name, string value) =>
        name == "SERVICE_HOST" || name.StartsWith("SERVICE_PORT", StringComparison.Ordinal)
        || (name.StartsWith("PORT_", StringComparison.Ordinal) && name.Length > 5 && char.IsAsciiDigit(name[5]))
        || (name == "PORT" && value.Contains("://", StringComparison.Ordinal));
}
