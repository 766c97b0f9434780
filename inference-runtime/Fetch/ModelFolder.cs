using ModelOperator.Fetch.Archives;
using ModelOperator.Fetch.Onnx;

namespace ModelOperator.Fetch;

/// <summary>The files of a model while they are put together, and their way to where they are served from.</summary>
internal sealed class ModelFolder
{
    private const int MaxNamed = 5;
    private readonly string _output;
    private readonly string _directory;

    public ModelFolder(string staging, string output)
    {
        _output = Path.GetFullPath(output);
        _directory = Path.GetDirectoryName(_output)!;
        Root = Directory.CreateDirectory(Path.Combine(staging, "tree")).FullName;
    }

    public string Root { get; }

    /// <summary>Takes a file that is whole. Without a path it is the model itself.</summary>
    public void Take(string file, string? path)
    {
        string target = Path.Combine(Root, path is null ? Path.GetFileName(_output) : SafePath.Of(path));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(file, target, overwrite: true);
    }

    /// <summary>Takes a file that lies in the same folder as the model.</summary>
    public void TakeBeside(string file, string path) =>
        Take(file, Path.Combine(Path.GetRelativePath(Root, Path.GetDirectoryName(FindModel())!), path));

    /// <summary>Files in which the model keeps its weights and that are not there, as it names them.</summary>
    public IReadOnlyList<string> MissingWeights()
    {
        string model = FindModel();
        string folder = Path.GetDirectoryName(model)!;
        return [.. ExternalData.NamesIn(model)
            .Where(name => SafePath.TryOf(name, out string path) is not null || !File.Exists(Path.Combine(folder, path)))];
    }

    /// <summary>Gives all files their place, the model itself last, so that it is not there before what belongs to it.</summary>
    public void Publish()
    {
        string model = FindModel();
        try
        {
            foreach (string entry in Directory.GetFileSystemEntries(Path.GetDirectoryName(model)!).Where(entry => entry != model))
            {
                Move(entry, Path.Combine(_directory, Path.GetFileName(entry)));
            }

            Move(model, _output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.ModelDownloadFailed, $"cannot write {_output}: {e.Message}", e);
        }
    }

    /// <summary>The file of the output's name, else the only ONNX file, in whatever folder it is.</summary>
    private string FindModel()
    {
        string[] files = [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        string[] models =
            [.. files.Where(file => file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) || file == Path.Combine(
                Root, Path.GetFileName(_output)))];
        string[] named = [.. models.Where(file => Path.GetFileName(file) == Path.GetFileName(_output))];
        return (named.Length == 1 ? named : models) switch
        {
            [var only] => only,
            [] => throw new TerminatingException(
                FailureReasons.ArchiveInvalid,
                $"there is no model among the {files.Length} files, expected one whose name ends with .onnx"),
            var many => throw new TerminatingException(
                FailureReasons.ArchiveInvalid,
                $"there are {many.Length} models "
                + $"({string.Join(", ", many.Take(MaxNamed).Select(file => Path.GetRelativePath(Root, file)))}), expected one, "
                + $"or one named {Path.GetFileName(_output)}"),
        };
    }

    private static void Move(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        if (Directory.Exists(from))
        {
            File.Delete(to);
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }
    }
}
