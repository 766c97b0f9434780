using System.Globalization;

namespace ModelOperator.Server.Repository;

/// <summary>A directory with models as <c>NAME/VERSION/model.onnx</c>, versions being whole numbers; <c>NAME/labels.txt</c> may name classes.</summary>
/// <param name="root">The directory.</param>
/// <param name="latest">How many of the newest versions of each model are served; 0 serves all.</param>
internal sealed class ModelDirectory(string root, int latest) : IModelStore
{
    public const string LabelsFile = "labels.txt";
    public const string ModelFile = "model.onnx";

    /// <summary>More are a wrong directory.</summary>
    private const int MaxModels = 4096;

    public IReadOnlyList<ModelSource> List()
    {
        List<ModelSource> sources = [];
        try
        {
            foreach (string directory in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
            {
                Add(directory, sources);
                if (sources.Count > MaxModels)
                {
                    throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{root} has more than {MaxModels} models, the limit");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.ModelNotFound, $"the model repository cannot be read: {e.Message}", e);
        }

        return sources;
    }

    private void Add(string directory, List<ModelSource> sources)
    {
        string name = Path.GetFileName(directory);
        if (!ModelNames.IsValid(name))
        {
            return;
        }

        IEnumerable<ModelSource> versions = Directory.EnumerateDirectories(directory)
            .Select(d => (Path: Path.Combine(d, ModelFile), Version: Number(Path.GetFileName(d))))
            .Where(v => v.Version is not null && File.Exists(v.Path))
            .OrderByDescending(v => v.Version)
            .Take(latest == 0 ? int.MaxValue : latest)
            .Select(v => new ModelSource(name, $"{v.Version}", v.Path) { LabelsPath = Path.Combine(directory, LabelsFile) });
        sources.AddRange(versions);
    }

    /// <summary>Only numbers that are written as numbers are: "01" is no version besides "1".</summary>
    private static long? Number(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 && name[0] != '0' ? number : null;
}
