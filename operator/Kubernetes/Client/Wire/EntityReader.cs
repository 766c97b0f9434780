using System.Text.Json;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>Reads objects and lists of one type.</summary>
internal sealed class EntityReader<T>(ResourceType<T> type)
    where T : KubernetesObject
{
    /// <summary>etcd holds objects of at most 1.5 MB; their JSON can be some times that.</summary>
    public const int MaxObjectBytes = 16 << 20;

    private const int MaxListBytes = 512 << 20;

    /// <summary>
    /// For what objects come in, lists and events: deeper than any object the server takes (10,000). An object too deep for its type must
    /// not make what comes with it unreadable.
    /// </summary>
    internal static JsonReaderOptions Envelope { get; } = new() { MaxDepth = 20_000 };

    public async Task<T> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await LimitedBody.ReadAsync(response, MaxObjectBytes, cancellationToken);
        return Read(body.Span);
    }

    public T Read(ReadOnlySpan<byte> json) => TryRead(json) switch
    {
        ({ } entity, _) => entity,
        (_, var unreadable) => throw new InvalidDataException(
            $"The server's {type.Kind} {unreadable!.Name} cannot be read: {unreadable.Cause}"),
    };

    /// <summary>
    /// The object, or which one it is and why it does not fit the type: one that another version of the program wrote must neither keep us
    /// from seeing all the others nor be taken for gone.
    /// </summary>
    public (T? Entity, UnreadableObject? Unreadable) TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            return (Complete(JsonSerializer.Deserialize(json, type.TypeInfo)), null);
        }
        catch (JsonException e)
        {
            return (null, new UnreadableObject(MetadataIn(json), FieldOf(e), ProblemOf(e)));
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
        var page = new ListPage<T>([], [], new ListMeta());
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("items"u8))
            {
                ReadItems(ref reader, json, page);
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                page = page with { Metadata = JsonSerializer.Deserialize(ref reader, ListJsonContext.Default.ListMeta) ?? page.Metadata };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return page;
    }

    private void ReadItems(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ListPage<T> page)
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
            var (item, unreadable) = TryRead(json[start..(int)reader.BytesConsumed]);
            if (item is not null)
            {
                page.Items.Add(item);
            }
            else
            {
                page.Unreadable.Add(unreadable!);
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

    private static ObjectMeta? MetadataIn(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Envelope);
            return JsonSerializer.Deserialize(ref reader, EntityJsonContext.Default.KubernetesObject)?.Metadata;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // As paths of fields are written everywhere else: spec.containers[0].name.
    private static string FieldOf(JsonException e) => e.Path?.TrimStart('$').TrimStart('.') ?? "";

    // The serializer appends the path and a position in text that nobody sees.
    private static string ProblemOf(JsonException e) =>
        e.Message.IndexOf(" Path: ", StringComparison.Ordinal) is var end and > 0 ? e.Message[..end] : e.Message;
}
