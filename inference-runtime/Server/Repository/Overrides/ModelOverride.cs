using ModelOperator.Protocol;

namespace ModelOperator.Server.Repository.Overrides;

/// <summary>What a client says shall be loaded instead of what the repository has, until it is loaded anew.</summary>
internal sealed class ModelOverride
{
    /// <summary>A client sets it by itself; here no model depends on another.</summary>
    public const string UnloadDependents = "unload_dependents";

    private const string ConfigParameter = "config";
    private const string FilePrefix = "file:";

    private readonly OverrideFiles _files = new();
    private string? _config;

    /// <summary>Whether a parameter of this name is a text.</summary>
    public static bool IsConfig(ReadOnlySpan<char> parameter) => parameter is ConfigParameter;

    /// <summary>Whether a parameter of this name is a file.</summary>
    public static bool IsFile(ReadOnlySpan<char> parameter) => parameter.StartsWith(FilePrefix, StringComparison.Ordinal);

    /// <summary>The configuration as JSON.</summary>
    public void SetConfig(string json) => _config = json;

    /// <summary>A file of the model.</summary>
    /// <param name="parameter">file:VERSION/NAME.</param>
    /// <param name="content">What is in it.</param>
    public void AddFile(string parameter, ReadOnlyMemory<byte> content) => _files.Add(parameter[FilePrefix.Length..], content);

    /// <summary>What is to be loaded under a name; null when the repository's own is.</summary>
    public (ConfigOverride Config, OverrideFiles? Files)? For(string modelName)
    {
        if (_config is null)
        {
            return _files.IsEmpty ? null : throw new ProtocolException(
                "parameters: files need config beside them, a model configuration in JSON; \"{}\" leaves all settings to the server");
        }

        return (ConfigOverride.Read(_config, modelName), _files.IsEmpty ? null : _files);
    }
}
