using System.Globalization;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository;

/// <summary>
/// A directory with models as <c>NAME/VERSION/model.onnx</c>, versions being whole numbers; <c>NAME/labels.txt</c> may name classes.
/// </summary>
/// <param name="root">The directory.</param>
/// <param name="latest">How many of the newest versions of each model are served; 0 serves all.</param>
internal sealed class ModelDirectory(string root, int latest) : IModelStore
{
    public const string LabelsFile = "labels.txt";
    public const string ModelFile = "model.onnx";

    /// <summary>More are a wrong directory.</summary>
    public const int MaxModels = 4096;

    private readonly VersionChoice _served = new(latest, []);

    public IReadOnlyList<ModelSource> List()
    {
        List<ModelSource> sources = [];
        try
        {
            foreach (string directory in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
            {
                sources.AddRange(In(directory, _served));
                if (sources.Count > MaxModels)
                {
                    throw new TerminatingException(
                        FailureReasons.InvalidConfiguration, $"{root} has more than {MaxModels} models, the limit");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.ModelNotFound, $"the model repository cannot be read: {e.Message}", e);
        }

        return sources;
    }

    public IReadOnlyList<ModelSource> Find(string name, VersionChoice? versions)
    {
        string directory = Path.Combine(root, name);
        return ModelNames.IsValid(name) && Directory.Exists(directory) ? In(directory, versions ?? _served) : [];
    }

    private static IReadOnlyList<ModelSource> In(string directory, VersionChoice versions)
    {
        string name = Path.GetFileName(directory);
        if (!ModelNames.IsValid(name))
        {
            return [];
        }

        IReadOnlyList<long> there =
        [
            .. Directory.EnumerateDirectories(directory)
                .Where(d => File.Exists(Path.Combine(d, ModelFile)))
                .Select(d => Number(Path.GetFileName(d)))
                .OfType<long>(),
        ];
        return there.Count == 0 ? [] :
        [
            .. versions.Of(there).Select(v => new ModelSource(name, $"{v}", Path.Combine(directory, $"{v}", ModelFile))
            {
                LabelsPath = Path.Combine(directory, LabelsFile),
            }),
        ];
    }

    /// <summary>Only numbers that are written as numbers are: "01" is no version besides "1".</summary>
    public static long? Number(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 && name[0] != '0'
            ? number
            : null;
}

/// <summary>What a model or a version may be called, since it stands in paths.</summary>
internal static class ModelNames
{
    public const string Expected = "letters, digits, '-', '.' and '_', 253 at most";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 253 && name is not ("." or "..") && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
