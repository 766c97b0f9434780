using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Repository.Overrides;

/// <summary>A field of a model configuration in JSON, and where it is in it. What protobuf's JSON allows is right: names in either case, numbers as strings.</summary>
internal readonly struct ConfigField(string path, JsonElement value)
{
    private const int MaxShown = 64;

    /// <summary>Protobuf's JSON leaves out what has the value that a field has by itself; the others write it, and mean the same by it.</summary>
    private bool IsNothing => value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.Number => value.GetRawText() == "0",
        JsonValueKind.String => value.ValueEquals(""u8) || value.ValueEquals("0"u8),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => AllNothing(),
        _ => false,
    };

    /// <summary>Reads the fields of an object. Those that are not known and ask for something are refused.</summary>
    /// <param name="known">Reads a field by its name in protobuf; false when there is none of that name here.</param>
    public void Read(Func<string, ConfigField, bool> known)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("an object");
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = Snake(property.Name);
            ConfigField field = new(path.Length == 0 ? name : $"{path}.{name}", property.Value);
            if (!seen.Add(name))
            {
                throw new ProtocolException($"config: {field} is given twice");
            }

            if (property.Value.ValueKind != JsonValueKind.Null && !known(name, field) && !field.IsNothing)
            {
                throw field.Unsupported();
            }
        }
    }

    /// <summary>The elements of a list.</summary>
    public IReadOnlyList<ConfigField> Elements(int most)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most)
        {
            throw Wrong($"a list of {most} at most");
        }

        string list = path;
        return [.. value.EnumerateArray().Select((element, i) => new ConfigField($"{list}[{i}]", element))];
    }

    public long Whole(long least, long most)
    {
        bool whole = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out _),
            JsonValueKind.String => long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            _ => false,
        };
        long number = !whole ? 0 : value.ValueKind == JsonValueKind.Number ? value.GetInt64() : long.Parse(value.GetString()!, CultureInfo.InvariantCulture);
        return whole && number >= least && number <= most ? number : throw Wrong($"a whole number from {least} to {most}");
    }

    public bool Truth() => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong("true or false");

    public string Text() => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong("a string");

    /// <summary>Checks a text that can be only one thing, which it need not say.</summary>
    /// <returns>True.</returns>
    public bool Is(params ReadOnlySpan<string> expected)
    {
        string text = Text();
        return text.Length == 0 || expected.Contains(text) ? true : throw Wrong($"'{string.Join("' or '", expected)}'");
    }

    public ProtocolException Wrong(string expected) => new($"config: {this} is {Shown()}, expected {expected}");

    public ProtocolException Unsupported() => new($"config: {this} is {Shown()}, but this server has no setting for it: leave it out");

    public override string ToString() => path.Length == 0 ? "the configuration" : path;

    private bool AllNothing()
    {
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null && !new ConfigField(path, property.Value).IsNothing)
            {
                return false;
            }
        }

        return true;
    }

    private string Shown()
    {
        string text = value.GetRawText();
        return text.Length <= MaxShown ? text : text[..MaxShown] + "...";
    }

    // maxBatchSize is max_batch_size.
    private static string Snake(string name)
    {
        if (!name.Any(char.IsAsciiLetterUpper))
        {
            return name;
        }

        StringBuilder snake = new(name.Length + 8);
        foreach (char c in name)
        {
            _ = char.IsAsciiLetterUpper(c) ? snake.Append('_').Append(char.ToLowerInvariant(c)) : snake.Append(c);
        }

        return snake.ToString();
    }
}
