using System.CommandLine;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Commands;

/// <summary>The options that say what is served.</summary>
internal static class ModelFlags
{
    private static readonly Option<string?> Name = new("--model-name") { Description = "Name of the model in the paths of the protocol" };
    private static readonly Option<string?> File = new("--model") { Description = "File of the ONNX model" };
    private static readonly Option<string> Version = new("--model-version")
    {
        Description = "Version of the model in the paths of the protocol",
        DefaultValueFactory = _ => "1",
    };

    private static readonly Option<string?> Repository = new("--model-repository")
    {
        Description = "Directory of many models instead of one: NAME/VERSION/model.onnx, versions being whole numbers",
        HelpName = "directory",
    };

    private static readonly Option<int> Latest = Options.Number(
        "--latest-versions", "How many of the newest versions of each model of the repository are served; 0 serves all", 1, 0, 1000);

    private static readonly Option<string> Control = Options.OneOf(
        "--model-control", "Whether clients may load and unload models by v2/repository", "none", "none", "explicit");

    public static IReadOnlyList<Option> All { get; } = [Name, File, Version, Repository, Latest, Control];

    public static ServeOptions Read(ParseResult parsed)
    {
        string? name = parsed.GetValue(Name);
        string? file = parsed.GetValue(File);
        string? repository = parsed.GetValue(Repository);
        ModelControlMode control = Enum.Parse<ModelControlMode>(parsed.GetRequiredValue(Control), ignoreCase: true);
        if (repository is not null)
        {
            return name is null && file is null
                ? new ServeOptions { ModelRepository = repository, LatestVersions = parsed.GetValue(Latest), ModelControl = control }
                : throw Wrong("--model-repository stands in the place of --model-name and --model: give one or the other");
        }

        string version = parsed.GetRequiredValue(Version);
        return new ServeOptions
        {
            ModelName = Checked("--model-name", name ?? throw Wrong("--model-name is missing: give it and --model, or --model-repository")),
            ModelVersion = Checked("--model-version", version),
            ModelPath = file ?? throw Wrong("--model is missing: give it and --model-name, or --model-repository"),
            ModelControl = control,
        };
    }

    private static string Checked(string option, string value) =>
        ModelNames.IsValid(value) ? value : throw Wrong($"{option} is '{value}', expected {ModelNames.Expected}");

    private static TerminatingException Wrong(string message) => new(FailureReasons.InvalidConfiguration, message);
}
