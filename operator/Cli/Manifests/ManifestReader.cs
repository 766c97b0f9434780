using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Api.Validation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ModelOperator.Cli.Manifests;

/// <summary>Reads the ModelDeployment of a manifest, checked as an API server and the operator's webhook check it.</summary>
internal static class ManifestReader
{
    private const long MostBytes = 1 << 20;

    /// <summary>Reads the one ModelDeployment in a file; other objects in it are left alone.</summary>
    public static ModelDeployment Read(string file)
    {
        var found = Documents(file).Where(IsModelDeployment).ToList();
        if (found is not [var manifest])
        {
            throw CliException.Invalid(found.Count == 0
                ? $"{file}: holds no ModelDeployment; want one document with apiVersion {ModelDeployment.Group}/{ModelDeployment.Version} and kind {ModelDeployment.KindName}"
                : $"{file}: holds {found.Count} ModelDeployments; want one");
        }

        var errors = Check(manifest).ToList();
        if (errors.Count == 0)
        {
            var model = Model(file, manifest);
            errors = [.. ModelDeploymentValidator.Validate(model).Select(error => error.ToString())];
            if (errors.Count == 0)
            {
                return model;
            }
        }

        throw CliException.Invalid(string.Join('\n', errors.Select(error => $"{file}: {error}")));
    }

    private static IEnumerable<string> Check(JsonObject manifest)
    {
        const string version = $"{ModelDeployment.Group}/{ModelDeployment.Version}";
        if (manifest["apiVersion"] is not JsonValue given || !given.TryGetValue(out string? name) || name != version)
        {
            yield return $"apiVersion: {manifest["apiVersion"]?.ToJsonString() ?? "null"} is not known; want {version}";
        }

        // The CRD holds all that is to be said of spec; metadata is any object's, and status is none of ours.
        foreach (string error in SchemaCheck.Errors(SpecSchema(), manifest["spec"], "spec"))
        {
            yield return error;
        }
    }

    private static ModelDeployment Model(string file, JsonObject manifest)
    {
        manifest.Remove("status");
        try
        {
            return manifest.Deserialize(ApiJsonContext.Default.ModelDeployment)!;
        }
        catch (JsonException e)
        {
            throw CliException.Invalid($"{file}: {e.Path}: is not what it should be: {e.Message}");
        }
    }

    private static bool IsModelDeployment(JsonObject document) =>
        document["kind"] is JsonValue kind && kind.TryGetValue(out string? name) && name == ModelDeployment.KindName;

    private static List<JsonObject> Documents(string file)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MostBytes } large)
            {
                throw CliException.Invalid($"{file}: has {large.Length} bytes; a manifest has at most {MostBytes}");
            }

            using var reader = new StreamReader(file);
            return Parse(reader);
        }
        catch (YamlException e)
        {
            throw CliException.Invalid($"{file}: line {e.Start.Line}, column {e.Start.Column}: is no YAML that can be read: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Failed($"{file}: cannot be read: {e.Message}");
        }
    }

    private static List<JsonObject> Parse(TextReader reader)
    {
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => YamlJson.Of(document.RootNode)).OfType<JsonObject>()];
    }

    private static JsonObject SpecSchema()
    {
        using var reader = new StreamReader(typeof(ManifestReader).Assembly.GetManifestResourceStream("modeldeployments.yaml")!);
        return (JsonObject)Parse(reader)[0]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!;
    }
}
