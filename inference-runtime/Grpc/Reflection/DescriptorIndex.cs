using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ModelOperator.Grpc.Reflection;

/// <summary>Finds proto files by what they declare.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _bySymbol = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);

    public DescriptorIndex(IReadOnlyList<FileDescriptor> files)
    {
        Services = [.. files.SelectMany(f => f.Services).Select(s => s.FullName).Order(StringComparer.Ordinal)];
        foreach (FileDescriptor file in files)
        {
            Add(file);
        }
    }

    public IReadOnlyList<string> Services { get; }

    public FileDescriptor? FileNamed(string name) => _byName.GetValueOrDefault(name);

    public FileDescriptor? FileOf(string symbol) => _bySymbol.GetValueOrDefault(symbol.TrimStart('.'));

    public bool IsMessage(string name) => _messages.Contains(name.TrimStart('.'));

    /// <summary>A file and all that it needs, serialized, each once.</summary>
    public static IEnumerable<ByteString> WithImports(FileDescriptor file)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<FileDescriptor> open = new([file]);
        while (open.TryPop(out FileDescriptor? next))
        {
            if (seen.Add(next.Name))
            {
                yield return next.SerializedData;
                foreach (FileDescriptor import in next.Dependencies)
                {
                    open.Push(import);
                }
            }
        }
    }

    private void Add(FileDescriptor file)
    {
        if (!_byName.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (FileDescriptor import in file.Dependencies)
        {
            Add(import);
        }

        foreach (ServiceDescriptor service in file.Services)
        {
            _bySymbol[service.FullName] = file;
            foreach (MethodDescriptor method in service.Methods)
            {
                _bySymbol[method.FullName] = file;
            }
        }

        foreach (MessageDescriptor message in file.MessageTypes)
        {
            AddMessage(message);
        }

        foreach (EnumDescriptor type in file.EnumTypes)
        {
            _bySymbol[type.FullName] = file;
        }
    }

    private void AddMessage(MessageDescriptor message)
    {
        _bySymbol[message.FullName] = message.File;
        _messages.Add(message.FullName);
        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
        {
            _bySymbol[field.FullName] = message.File;
        }

        foreach (MessageDescriptor nested in message.NestedTypes)
        {
            AddMessage(nested);
        }

        foreach (EnumDescriptor nested in message.EnumTypes)
        {
            _bySymbol[nested.FullName] = message.File;
        }
    }
}
