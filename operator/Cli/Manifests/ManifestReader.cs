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
    private const int MostBytes = 1 << 20;

    /// <summary>Reads the one ModelDeployment in a file, or in a list in it; other objects are left alone.</summary>
    public static ModelDeployment Read(InputFile input)
    {
        string file = input.Name;
        var found = Documents(input).SelectMany(Objects).Where(document => IsKind(document, ModelDeployment.KindName)).ToList();
        if (found is not [var manifest])
        {
            throw CliException.Invalid(found.Count == 0
                ? $"{file}: holds no ModelDeployment; want one document with apiVersion {ModelDeployment.Group}/{ModelDeployment.Version} "
                    + $"and kind {ModelDeployment.KindName}"
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

    // kubectl get gives a list when it is not asked for one by name.
    private static IEnumerable<JsonObject> Objects(JsonObject document) =>
        IsKind(document, "List") && document["items"] is JsonArray items ? items.OfType<JsonObject>() : [document];

    private static bool IsKind(JsonObject document, string name) =>
        document["kind"] is JsonValue kind && kind.TryGetValue(out string? given) && given == name;

    private static List<JsonObject> Documents(InputFile input)
    {
        string file = input.Name;
        try
        {
            using var stream = input.Open();
            byte[] bytes = new byte[MostBytes + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MostBytes)
            {
                throw CliException.Invalid($"{file}: has more than {MostBytes} bytes; want a manifest");
            }

            using var reader = new StreamReader(new MemoryStream(bytes, 0, length));
            return Parse(reader);
        }
        catch (YamlException e)
        {
            throw CliException.Invalid($"{file}: line {e.Start.Line}, column {e.Start.Column}: is no YAML that can be read: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Failed($"{file}: {e.Message}");
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
