using System.Text;

namespace ModelOperator.Fetch.Onnx;

/// <summary>
/// Finds the files in which an ONNX model keeps its weights. It reads the fields on the way to their names and jumps over all others, which
/// may have gigabytes. What is no ONNX file names none: whoever loads it says better what is wrong with it.
/// </summary>
public sealed class ExternalData
{
    private const int MaxDepth = 64;
    private const int MaxNameBytes = 1024;
    private const int MaxNames = 10_000;

    // Kinds of messages, and the field numbers of onnx.proto that lead from one to another.
    private static readonly Dictionary<(Message, int), Message> Inside = new()
    {
        [(Message.Model, 7)] = Message.Graph,
        [(Message.Model, 25)] = Message.Function,
        [(Message.Function, 7)] = Message.Node,
        [(Message.Graph, 1)] = Message.Node,
        [(Message.Graph, 5)] = Message.Tensor,
        [(Message.Graph, 15)] = Message.SparseTensor,
        [(Message.Node, 5)] = Message.Attribute,
        [(Message.Attribute, 5)] = Message.Tensor,
        [(Message.Attribute, 6)] = Message.Graph,
        [(Message.Attribute, 10)] = Message.Tensor,
        [(Message.Attribute, 11)] = Message.Graph,
        [(Message.Attribute, 22)] = Message.SparseTensor,
        [(Message.Attribute, 23)] = Message.SparseTensor,
        [(Message.SparseTensor, 1)] = Message.Tensor,
        [(Message.SparseTensor, 2)] = Message.Tensor,
        [(Message.Tensor, 13)] = Message.Entry,
    };

    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private readonly MessageStream _file;

    private ExternalData(MessageStream file) => _file = file;

    private enum Message
    {
        Model,
        Function,
        Graph,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
        Entry,
    }

    /// <summary>Names of files as the model has them: relative to its own folder, and not checked.</summary>
    public static IReadOnlyCollection<string> NamesIn(string model)
    {
        using FileStream stream = new(model, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        ExternalData data = new(new MessageStream(stream));
        try
        {
            data.Read(Message.Model, stream.Length, 0);
        }
        catch (InvalidDataException)
        {
            // Not an ONNX file, or a damaged one.
            return [];
        }

        return data._names;
    }

    private void Read(Message message, long end, int depth)
    {
        if (depth > MaxDepth || _names.Count > MaxNames)
        {
            throw new InvalidDataException();
        }

        bool isLocation = false;
        while (_file.Position < end)
        {
            (int field, long length) = _file.ReadField(end);
            if (message == Message.Entry && field is 1 or 2 && length <= MaxNameBytes)
            {
                string text = Encoding.UTF8.GetString(_file.ReadBytes((int)length));
                if (field == 2 && isLocation)
                {
                    _names.Add(text);
                }

                isLocation = field == 1 && text == "location";
            }
            else if (Inside.TryGetValue((message, field), out Message inner))
            {
                Read(inner, _file.Position + length, depth + 1);
            }
            else
            {
                _file.Skip(length);
            }
        }
    }
}
