using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>Reads a watch: one JSON event a line, until the server ends it.</summary>
internal static class WatchReader
{
    private const int MaxLineBytes = EntityReader<KubernetesObject>.MaxObjectBytes;

    public static async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        Stream stream, EntityReader<T> entities, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 << 10, leaveOpen: true));
        try
        {
            while (true)
            {
                var result = await pipe.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                while (TryTakeLine(ref buffer, out var line))
                {
                    if (Parse(line, entities) is { } change)
                    {
                        yield return change;
                    }
                }

                if (buffer.Length > MaxLineBytes)
                {
                    throw new InvalidDataException($"An event of the watch is larger than {MaxLineBytes} bytes.");
                }

                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    // What is left of a line is an event cut off with the connection; it comes again with the next watch.
                    yield break;
                }
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static WatchEvent<T>? Parse<T>(ReadOnlySequence<byte> line, EntityReader<T> entities)
        where T : KubernetesObject
    {
        if (line.IsEmpty)
        {
            return null;
        }

        ReadOnlySpan<byte> json = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        var (type, entity) = Split(json);
        var known = type switch
        {
            "ADDED" => WatchEventType.Added,
            "MODIFIED" => WatchEventType.Modified,
            "DELETED" => WatchEventType.Deleted,
            "BOOKMARK" => WatchEventType.Bookmark,
            "ERROR" => throw StatusReader.FromEvent(json[entity]),
            _ => throw new InvalidDataException(
                $"The watch sent an event of type '{type}'; ADDED, MODIFIED, DELETED, BOOKMARK or ERROR is expected."),
        };
        var (read, unreadable) = entities.TryRead(json[entity]);
        return new WatchEvent<T>(known, read, unreadable);
    }

    private static (string? Type, Range Object) Split(ReadOnlySpan<byte> json)
    {
        string? type = null;
        Range? entity = null;
        try
        {
            var reader = new Utf8JsonReader(json, EntityReader<KubernetesObject>.Envelope);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                var isObject = reader.ValueTextEquals("object"u8);
                reader.Read();
                if (isType)
                {
                    type = reader.GetString();
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isObject)
                {
                    entity = start..(int)reader.BytesConsumed;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("The watch sent a line that is not an event in JSON.", e);
        }

        return (type, entity ?? throw new InvalidDataException("The watch sent an event without an object."));
    }
}
