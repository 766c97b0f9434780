using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Generate;
using YamlDotNet.Serialization;
using TemporaryFolder = ModelOperator.Testing.TemporaryFolder;

namespace ModelOperator.Api.Tests;

public class GeneratorTests
{
    private static readonly string Root = Repository.FindRoot(AppContext.BaseDirectory)!;
    private static readonly IReadOnlyDictionary<string, string> Files = GeneratedFiles.All();

    [Test]
    public async Task The_files_in_the_repository_are_what_the_types_say()
    {
        Assert.That(await Repository.StaleAsync(Root, Files, CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task A_stale_file_and_a_missing_one_are_named_and_mended()
    {
        using var folder = new TemporaryFolder();
        var files = new Dictionary<string, string> { ["a/fresh.yaml"] = "1\n", ["a/stale.yaml"] = "2\n", ["b/missing.yaml"] = "3\n" };
        Directory.CreateDirectory(Path.Combine(folder.Path, "a"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "a/fresh.yaml"), "1\n");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "a/stale.yaml"), "old\n");

        Assert.That(
            await Repository.StaleAsync(folder.Path, files, CancellationToken.None),
            Is.EquivalentTo(["a/stale.yaml", "b/missing.yaml"]));

        await Repository.WriteAsync(folder.Path, files, CancellationToken.None);
        Assert.That(await Repository.StaleAsync(folder.Path, files, CancellationToken.None), Is.Empty);
    }

    [Test]
    public void Only_the_crd_for_newer_servers_has_rules()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Files["crds/modeldeployments.yaml"], Does.Contain("x-kubernetes-validations"));
            Assert.That(Files["charts/model-operator/files/modeldeployments.yaml"], Does.Contain("x-kubernetes-validations"));
            Assert.That(
                Schemas("crds/legacy/modeldeployments.yaml").Any(schema => schema.ContainsKey("x-kubernetes-validations")),
                Is.False);
            Assert.That(
                Schemas("charts/model-operator/files/modeldeployments-legacy.yaml").Any(schema => schema.ContainsKey(
                    "x-kubernetes-validations")), Is.False);
        }
    }

    [Test]
    public void Every_field_is_bounded_and_documented()
    {
        var fields = Schemas("crds/modeldeployments.yaml").ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(fields, Has.Count.GreaterThan(80));
            foreach (var schema in fields.Where(schema => !IsTypeMeta(schema)))
            {
                var bounded = schema["type"]!.GetValue<string>() switch
                {
                    "string" => schema.ContainsKey("maxLength")
                        || schema.ContainsKey("enum")
                        || schema["format"]?.GetValue<string>() == "date-time",
                    "array" => schema.ContainsKey("maxItems") && schema.ContainsKey("x-kubernetes-list-type"),
                    "integer" => schema.ContainsKey("format"),
                    _ => true,
                };
                Assert.That(bounded, Is.True, schema.ToJsonString());
            }
        }
    }

    [Test]
    public void Yaml_reads_back_as_the_json_it_was_written_from()
    {
        var json = new JsonObject
        {
            ["plain"] = "text",
            ["on"] = "off",
            ["number like"] = "1e3",
            ["quoted"] = "a: b # c \"d\" \\ é",
            ["lines"] = "a\nb",
            ["empty"] = "",
            ["numbers"] = new JsonArray(1, -2),
            ["nothing"] = null,
            ["true"] = true,
            ["objects"] = new JsonArray(
                new JsonObject { ["a"] = new JsonObject { ["b"] = 1 }, ["c"] = "d" },
                new JsonObject { ["e"] = new JsonArray("f") }),
            ["hollow"] = new JsonObject { ["a"] = new JsonObject(), ["b"] = new JsonArray() },
        };

        Assert.That(Parse(Yaml.Write(json)).ToJsonString(), Is.EqualTo(json.ToJsonString()));
    }

    private static bool IsTypeMeta(JsonObject schema) =>
        schema["description"]?.GetValue<string>() is "Group and version of this representation." or "Type of the object.";

    /// <summary>Every schema with a type, from the outermost inward.</summary>
    private static IEnumerable<JsonObject> Schemas(string path)
    {
        var schema = Parse(Files[path])["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();
        return Within(schema);

        static IEnumerable<JsonObject> Within(JsonObject outer) =>
        [
            outer,
            .. (outer["properties"]?.AsObject() ?? []).SelectMany(property => Within(property.Value!.AsObject())),
            .. outer["items"] is JsonObject items ? Within(items) : [],
        ];
    }

    private static JsonObject Parse(string yaml)
    {
        var parsed = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(yaml);
        return JsonSerializer.SerializeToNode(parsed)!.AsObject();
    }
}
