using System.Collections;
using System.CommandLine;
using ModelOperator.Server.Configuration;

namespace ModelOperator.Server.Tests;

public sealed class SettingsTests
{
    private readonly List<string> _files = [];

    [TearDown]
    public void DeleteFiles() => _files.ForEach(File.Delete);

    [Test]
    public void A_flag_wins_over_a_variable_and_a_variable_over_the_file()
    {
        string file = Write(".yaml", "port: 1\nthreads: 2\nmaxRequests: 3\nmodelName: digits\n");

        ParseResult parsed = Parse(["serve", "--config", file, "--port", "7"], ("MODEL_SERVER_PORT", "8"), ("MODEL_SERVER_THREADS", "9"));

        Assert.That(Value<int>(parsed, "--port"), Is.EqualTo(7));
        Assert.That(Value<int>(parsed, "--threads"), Is.EqualTo(9));
        Assert.That(Value<int>(parsed, "--max-requests"), Is.EqualTo(3));
        Assert.That(Value<string>(parsed, "--model-name"), Is.EqualTo("digits"));
    }

    [TestCase(".yaml", "# of the server\nexecutionProviders: [CUDA, CPU]\nmodelName: \"a b\"\n")]
    [TestCase(".yaml", "executionProviders:\n- CUDA\n- CPU\nmodelName: a b\n")]
    [TestCase(".json", "{\n// of the server\n\t\"executionProviders\": [\"CUDA\", \"CPU\"], \"modelName\": \"a b\",\n}")]
    [TestCase(".yml", "{\"executionProviders\": [\"CUDA\", \"CPU\"], \"modelName\": \"a b\"}")]
    public void A_file_is_YAML_or_JSON_and_lists_are_lists(string extension, string text)
    {
        ParseResult parsed = Parse(["serve"], ("MODEL_SERVER_CONFIG", Write(extension, text)));

        Assert.That(Value<string>(parsed, "--execution-providers"), Is.EqualTo("CUDA,CPU"));
        Assert.That(Value<string>(parsed, "--model-name"), Is.EqualTo("a b"));
    }

    [TestCase(".yaml", "modelName: m\nmaxBodyMebibyte: 1\n", "FILE line 2: maxBodyMebibyte is no setting of serve: did you mean maxBodyMebibytes?")]
    [TestCase(".json", "{\"modelName\": \"m\",\n\"threds\": 1}", "FILE line 2: threds is no setting of serve: did you mean threads?")]
    [TestCase(".yaml", "maxBody: 1\n", "FILE line 1: maxBody is no setting of serve: did you mean maxBodyMebibytes?")]
    [TestCase(".yaml", "config: other.yaml\n", "FILE line 1: config is no setting of serve")]
    [TestCase(".yaml", "help: true\n", "FILE line 1: help is no setting of serve")]
    [TestCase(".yaml", "port: 1\nport: 2\n", "FILE line 2: port is there already, on line 1: keep one of them")]
    [TestCase(".yaml", "port:\n", "FILE line 1: port has no plain value")]
    [TestCase(".yaml", "port: {a: 1}\n", "FILE line 1: port has no plain value")]
    [TestCase(".yaml", "port: &a 1\nthreads: *a\n", "FILE line 2: threads has no plain value")]
    [TestCase(".yaml", "- port\n", "FILE: expected lines such as \"port: 8080\"")]
    [TestCase(".yaml", "port: 1\n---\nport: 2\n", "FILE: it has a second document")]
    [TestCase(".yaml", "port: [1\nthreads: 2\n", "it is no YAML")]
    [TestCase(".json", "{\"port\":\n 1,,}", "FILE line 2: it is no JSON")]
    [TestCase(".json", "{\"port\": 1} {}", "it is no JSON")]
    [TestCase(".json", "{\"port\": null}", "FILE line 1: port has no plain value")]
    [TestCase(".json", "[]", "FILE: expected an object")]
    public void What_is_wrong_with_a_file_is_told_with_its_line(string extension, string text, string expected)
    {
        string file = Write(extension, text);

        TerminatingException? e = Assert.Throws<TerminatingException>(() => Parse(["serve", "--config", file]));

        Assert.That(e!.Reason, Is.EqualTo(FailureReasons.InvalidConfiguration));
        Assert.That(e.Message, Does.Contain(expected.Replace("FILE", file, StringComparison.Ordinal)));
    }

    [TestCase(".yaml", "")]
    [TestCase(".yaml", "# nothing yet\n")]
    [TestCase(".yaml", "---\n")]
    [TestCase(".json", "{}")]
    public void An_empty_file_sets_nothing(string extension, string text) =>
        Assert.That(Value<int>(Parse(["serve", "--config", Write(extension, text)]), "--port"), Is.EqualTo(8080));

    [Test]
    public void A_file_that_is_not_there_is_told() =>
        Assert.That(
            () => Parse(["serve", "--config", "/nowhere/settings.yaml"]),
            Throws.TypeOf<TerminatingException>().With.Message.StartsWith("--config is '/nowhere/settings.yaml', which cannot be read"));

    [Test]
    public void An_unknown_variable_is_refused_with_the_one_that_was_meant() =>
        Assert.That(
            () => Parse(["serve"], ("MODEL_SERVER_MAX_REQUEST", "1")),
            Throws.TypeOf<TerminatingException>().With.Message.EqualTo(
                "the environment variable MODEL_SERVER_MAX_REQUEST is no setting: did you mean MODEL_SERVER_MAX_REQUESTS?"));

    [Test]
    public void Variables_of_other_commands_and_of_a_Service_named_model_server_are_left_alone()
    {
        ParseResult parsed = Parse(
            ["serve"],
            ("MODEL_SERVER_URI", "http://host/model"),
            ("MODEL_SERVER_SERVICE_HOST", "10.0.0.1"),
            ("MODEL_SERVER_SERVICE_PORT_HTTP", "80"),
            ("MODEL_SERVER_PORT", "tcp://10.0.0.1:80"),
            ("MODEL_SERVER_PORT_80_TCP_ADDR", "10.0.0.1"));

        Assert.That(Value<int>(parsed, "--port"), Is.EqualTo(8080));
    }

    [Test]
    public void A_wrong_value_is_told_with_where_it_was_set()
    {
        string file = Write(".yaml", "\nthreads: none\n");
        SettingSources sources = new();
        Parse(["serve", "--config", file, "--max-requests", "0"], sources, ("MODEL_SERVER_PORT", "http"));

        Assert.That(sources.Explain("--port is 'http', expected a number"), Is.EqualTo("MODEL_SERVER_PORT: --port is 'http', expected a number"));
        Assert.That(sources.Explain("--threads is 'none'"), Is.EqualTo($"{file} line 2: --threads is 'none'"));
        Assert.That(sources.Explain("--max-requests is '0'"), Is.EqualTo("--max-requests is '0'"));
    }

    [Test]
    public async Task The_process_tells_where_a_wrong_value_was_set()
    {
        (int status, string message) = await ServerProcess.RunAsync("serve", "--config", Write(".yaml", "modelName: m\nmodel: m.onnx\nport: http\n"));

        Assert.That(status, Is.EqualTo(1));
        Assert.That(message, Does.Contain("line 3: --port is").And.Contain("expected a whole number from 0 to 65535"));
    }

    [Test]
    public void Help_tells_groups_defaults_and_the_other_ways_to_set_a_flag()
    {
        using StringWriter help = new();
        Root().Parse(["serve", "--help"]).Invoke(new InvocationConfiguration { Output = help });

        Assert.That(help.ToString(), Does.Contain("Limits of requests:\n  --max-requests\n").And.Contain("Default: 512.").And.Contain("(1 to 1000000)"));
        Assert.That(help.ToString(), Does.Contain("--model-name\n").And.Contain("MODEL_SERVER_PORT"));
    }

    private static RootCommand Root() => Program.CreateRoot();

    private static ParseResult Parse(string[] arguments, params (string, string)[] environment) => Parse(arguments, new SettingSources(), environment);

    private static ParseResult Parse(string[] arguments, SettingSources sources, params (string Name, string Value)[] environment)
    {
        RootCommand root = Root();
        Hashtable variables = new() { ["PATH"] = "/bin" };
        foreach ((string name, string value) in environment)
        {
            variables[name] = value;
        }

        return root.Parse(SettingsReader.Complete(root, arguments, variables, sources));
    }

    private static T? Value<T>(ParseResult parsed, string flag) => parsed.GetValue<T>(flag);

    private string Write(string extension, string text)
    {
        string path = Path.ChangeExtension(Path.GetTempFileName(), extension);
        _files.Add(path);
        _files.Add(Path.ChangeExtension(path, ".tmp"));
        File.WriteAllText(path, text);
        return path;
    }
}
