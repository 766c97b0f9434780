using System.Security.Cryptography;
using System.Text;

namespace ModelOperator.Fetch;

/// <summary>
/// The digest of all that a model was fetched as: of the one file or archive, as sha256sum prints it; of several, that of the sorted list
/// of their digests and names.
/// </summary>
internal sealed class FetchedFiles
{
    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    public string Digest => _digests.Values is { Count: 1 } only
        ? only.Single()
        : Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(_digests.Select(file => $"{file.Value}  {file.Key}\n")))));

    /// <param name="name">Where it lies; empty for the file that the address names.</param>
    /// <param name="sha256">Its digest.</param>
    public void Add(string name, string sha256) => _digests[name] = sha256;
}
