using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Api;

/// <summary>
/// An enum by name, for what an operator of another version may have written. A name that is not known is read as a value that stands for
/// no name, so that the rest of the object can be used, and written back as it came.
/// </summary>
public sealed class LenientEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private const int MostStrangers = 256;

    private static readonly ConcurrentDictionary<string, T> Strangers = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<T, string> Names = new();

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? ValueOf(reader.GetString()!)
            : throw new JsonException($"{reader.TokenType} is no name; one of {string.Join(", ", Enum.GetNames<T>())} is expected.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(TextOf(value));

    /// <summary>The name that was read, known or not.</summary>
    public static string TextOf(T value) => Enum.GetName(value) ?? Names.GetValueOrDefault(value) ?? value.ToString();

    private static T ValueOf(string name) =>
        Enum.TryParse<T>(name, out var value) && Enum.GetName(value) == name ? value
        : Strangers.TryGetValue(name, out var known) ? known
        : Add(name);

    private static T Add(string name)
    {
        lock (Strangers)
        {
            if (Strangers.TryGetValue(name, out var known))
            {
                return known;
            }

            // Whoever sends more of them than any version can have is forgotten by and by; the values stay different from all known ones.
            if (Strangers.Count >= MostStrangers)
            {
                Strangers.Clear();
                Names.Clear();
            }

            var stranger = (T)Enum.ToObject(typeof(T), -1 - Strangers.Count);
            Names[stranger] = name;
            Strangers[name] = stranger;
            return stranger;
        }
    }
}
