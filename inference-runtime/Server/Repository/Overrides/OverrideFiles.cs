using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository.Overrides;

/// <summary>
/// Files of a model that a client sent, as <c>VERSION/NAME</c>, and <c>labels.txt</c>. Only names that cannot lead anywhere else are taken.
/// </summary>
internal sealed class OverrideFiles
{
    private const int MostFiles = 256;
    private const int MostShown = 128;

    private readonly Dictionary<long, Dictionary<string, ReadOnlyMemory<byte>>> _versions = [];
    private ReadOnlyMemory<byte>? _labels;
    private int _count;

    public bool IsEmpty => _versions.Count == 0 && _labels is null;

    public void Add(string path, ReadOnlyMemory<byte> content)
    {
        if (++_count > MostFiles)
        {
            throw new ProtocolException($"parameters: there are more than {MostFiles} files, the limit");
        }

        if (path == ModelDirectory.LabelsFile)
        {
            _labels = _labels is null ? content : throw Twice(path);
            return;
        }

        int slash = path.IndexOf('/', StringComparison.Ordinal);
        string name = path[(slash + 1)..];
        if (slash < 0 || ModelDirectory.Number(path[..slash]) is not { } version || !ModelNames.IsValid(name))
        {
            string shown = path.Length <= MostShown ? path : path[..MostShown] + "...";
            throw new ProtocolException(
                $"parameters: file:{shown} is no file of a model, expected file:VERSION/{ModelDirectory.ModelFile}, "
                + $"VERSION being a whole number, or file:{ModelDirectory.LabelsFile}");
        }

        if (!_versions.TryGetValue(version, out Dictionary<string, ReadOnlyMemory<byte>>? files))
        {
            _versions.Add(version, files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal));
        }

        if (!files.TryAdd(name, content))
        {
            throw Twice(path);
        }
    }

    /// <summary>
    /// Writes each version that is to be served into a directory of its own, which only this user can read and whose model deletes it.
    /// </summary>
    public IReadOnlyList<ModelSource> Write(string modelName, VersionChoice versions)
    {
        if (_versions.Keys.FirstOrDefault(v => !_versions[v].ContainsKey(ModelDirectory.ModelFile)) is > 0 and var without)
        {
            throw new ProtocolException($"parameters: file:{without}/{ModelDirectory.ModelFile} is missing");
        }

        if (_versions.Count == 0)
        {
            throw new ProtocolException($"parameters: file:1/{ModelDirectory.ModelFile} is missing");
        }

        List<ModelSource> written = [];
        try
        {
            foreach (long version in versions.Of([.. _versions.Keys]))
            {
                written.Add(Write(modelName, version));
            }

            return written;
        }
        catch (Exception e)
        {
            written.ForEach(source => source.Release());
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new ProtocolException(507, $"the files cannot be kept: {e.Message}");
            }

            throw;
        }
    }

    private ModelSource Write(string modelName, long version)
    {
        string directory = Directory.CreateTempSubdirectory("model-override-").FullName;
        ModelSource source = new(modelName, $"{version}", Path.Combine(directory, ModelDirectory.ModelFile))
        {
            LabelsPath = Path.Combine(directory, ModelDirectory.LabelsFile),
            TemporaryDirectory = directory,
        };
        try
        {
            foreach ((string name, ReadOnlyMemory<byte> content) in _versions[version])
            {
                File.WriteAllBytes(Path.Combine(directory, name), content.Span);
            }

            if (_labels is { } labels)
            {
                File.WriteAllBytes(source.LabelsPath, labels.Span);
            }

            return source;
        }
        catch
        {
            source.Release();
            throw;
        }
    }

    private static ProtocolException Twice(string path) => new($"parameters: file:{path} is given twice");
}
