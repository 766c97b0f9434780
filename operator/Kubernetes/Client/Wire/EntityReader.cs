using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>Reads objects and lists of one type.</summary>
internal sealed class EntityReader<T>(ResourceType<T> type, ILogger logger)
    where T : KubernetesObject
{
    /// <summary>etcd holds objects of at most 1.5 MB; their JSON can be some times that.</summary>
    public const int MaxObjectBytes = 16 << 20;

    private const int MaxListBytes = 512 << 20;

    /// <summary>
    /// For what objects come in, lists and events: deeper than any object the server takes (10,000). An object too deep for its type is
    /// passed over by <see cref="TryRead"/>; it must not make what comes with it unreadable.
    /// </summary>
    internal static JsonReaderOptions Envelope { get; } = new() { MaxDepth = 20_000 };

    public async Task<T> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await LimitedBody.ReadAsync(response, MaxObjectBytes, cancellationToken);
        return Read(body.Span);
    }

    public T Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return Complete(JsonSerializer.Deserialize(json, type.TypeInfo));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The server's {type.Kind} {NameIn(json)} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// Null, and a line in the log, for an object that does not fit the type: one that another version of the program wrote must
    /// not keep us from seeing all the others.
    /// </summary>
    public T? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            return Read(json);
        }
        catch (InvalidDataException e)
        {
            logger.UnreadableObject(type.Kind, NameIn(json), e);
            return null;
        }
    }

    public async Task<ListPage<T>> ReadListAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await LimitedBody.ReadAsync(response, MaxListBytes, cancellationToken);
        try
        {
            return ReadList(body.Span);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The server's list of {type.Plural} cannot be read: {e.Message}", e);
        }
    }

    private ListPage<T> ReadList(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Envelope);
        var items = new List<T>();
        var metadata = new ListMeta();
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("items"u8))
            {
                ReadItems(ref reader, json, items);
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                metadata = JsonSerializer.Deserialize(ref reader, ListJsonContext.Default.ListMeta) ?? metadata;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new ListPage<T>(items, metadata);
    }

    private void ReadItems(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, List<T> items)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (TryRead(json[start..(int)reader.BytesConsumed]) is { } item)
            {
                items.Add(item);
            }
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new JsonException($"{token} is expected at the beginning.");
        }
    }

    /// <summary>Items of lists come without their type.</summary>
    private T Complete(T? entity)
    {
        if (entity is null)
        {
            throw new JsonException("null is not an object.");
        }

        entity.Metadata ??= new ObjectMeta();
        entity.ApiVersion = string.IsNullOrEmpty(entity.ApiVersion) ? type.ApiVersion : entity.ApiVersion;
        entity.Kind = string.IsNullOrEmpty(entity.Kind) ? type.Kind : entity.Kind;
        return entity;
    }

    private static string NameIn(ReadOnlySpan<byte> json)
    {
        try
        {
            var any = JsonSerializer.Deserialize(json, EntityJsonContext.Default.KubernetesObject);
            return any?.Metadata is null ? "without a name" : EntityKey.Of(any).ToString();
        }
        catch (JsonException)
        {
            return "without a name";
        }
    }
}
