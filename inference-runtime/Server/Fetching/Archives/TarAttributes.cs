using System.Globalization;
using System.Text;

namespace ModelOperator.Server.Fetching.Archives;

/// <summary>What goes before an entry of a tar archive and says what its header has no room for.</summary>
internal sealed class TarAttributes
{
    public string? Name { get; private set; }

    public string? Target { get; private set; }

    public long? Size { get; private set; }

    /// <summary>Reads the contents of an entry of such a type; a global one (g) says nothing of use.</summary>
    public void Read(char type, ReadOnlySpan<byte> content)
    {
        switch (type)
        {
            case 'L':
                Name = Encoding.UTF8.GetString(content).TrimEnd('\0');
                break;
            case 'K':
                Target = Encoding.UTF8.GetString(content).TrimEnd('\0');
                break;
            case 'x':
                ReadPax(content);
                break;
        }
    }

    /// <summary>Records of the form "LENGTH KEY=VALUE\n", the length in decimal and of the whole record.</summary>
    private void ReadPax(ReadOnlySpan<byte> records)
    {
        while (!records.IsEmpty)
        {
            int space = records.IndexOf((byte)' ');
            if (space is <= 0 or > 10 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length <= space + 1 || length > records.Length || records[length - 1] != '\n')
            {
                throw new InvalidDataException("an attribute of an entry is none");
            }

            string record = Encoding.UTF8.GetString(records[(space + 1)..(length - 1)]);
            records = records[length..];
            int equals = record.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? throw new InvalidDataException("an attribute of an entry is none") : record[(equals + 1)..];
            switch (record[..equals])
            {
                case "path":
                    Name = value;
                    break;
                case "linkpath":
                    Target = value;
                    break;
                case "size":
                    Size = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                        ? size : throw new InvalidDataException("the size of an entry is none");
                    break;
                case var key when key.StartsWith("GNU.sparse.", StringComparison.Ordinal):
                    throw new InvalidDataException("it holds a sparse file, which is not supported");
            }
        }
    }
}
