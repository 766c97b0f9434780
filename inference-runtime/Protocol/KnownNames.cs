using System.Text;
using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Names that are expected in requests: where one of them comes, no new string is made.</summary>
public sealed class KnownNames
{
    private readonly string[] _names;
    private readonly byte[][] _texts;

    public KnownNames(params IEnumerable<string> names)
    {
        _names = [.. names];
        _texts = [.. _names.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>No names.</summary>
    public static KnownNames None { get; } = new();

    internal string? Find(ref readonly Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
        {
            return null;
        }

        for (int i = 0; i < _texts.Length; i++)
        {
            if (reader.ValueSpan.SequenceEqual(_texts[i]))
            {
                return _names[i];
            }
        }

        return null;
    }
}
