using System.Text;

namespace ModelOperator.Server.Configuration;

/// <summary>One setting has three spellings: the flag --max-body-mebibytes, the key maxBodyMebibytes and the variable MODEL_SERVER_MAX_BODY_MEBIBYTES.</summary>
internal static class SettingName
{
    public const string VariablePrefix = "MODEL_SERVER_";

    public static string Key(string flag)
    {
        StringBuilder key = new();
        bool upper = false;
        foreach (char c in flag.AsSpan(2))
        {
            if (c == '-')
            {
                upper = true;
                continue;
            }

            key.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return key.ToString();
    }

    public static string Variable(string flag) => VariablePrefix + flag[2..].Replace('-', '_').ToUpperInvariant();
}
