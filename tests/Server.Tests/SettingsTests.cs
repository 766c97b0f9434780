using System.CommandLine;
using ModelOperator.Server.Configuration;

namespace ModelOperator.Server.Tests;

// Variables are the process's own.
[NonParallelizable]
public sealed class SettingsTests
{
    private readonly List<string> _files = [];
    private readonly List<string> _variables = [];

    [TearDown]
    public void CleanUp()
    {
        _files.ForEach(File.Delete);
        _variables.ForEach(name => Environment.SetEnvironmentVariable(name, null));
    }

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

    [Test]
    public void The_networks_of_the_installation_are_not_widened_by_the_environment()
    {
        ParseResult parsed = Parse(
            ["fetch", "--uri", "http://models/x", "--output", "x", "--allowed-networks", "public"],
            ("MODEL_SERVER_ALLOWED_NETWORKS", "private"),
            ("MODEL_SERVER_CONFIG", Write(".yaml", "allowedNetworks: private\n")));

        Assert.That(Value<string>(parsed, "--allowed-networks"), Is.EqualTo("public"));
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

    [TestCase(
        ".yaml", "modelName: m\nmaxBodyMebibyte: 1\n", "FILE: maxBodyMebibyte is not a setting of serve: did you mean maxBodyMebibytes?")]
    [TestCase(".json", "{\"modelName\": \"m\",\n\"threds\": 1}", "FILE: threds is not a setting of serve: did you mean threads?")]
    [TestCase(".yaml", "maxBody: 1\n", "FILE: maxBody is not a setting of serve; 'inference-runtime serve --help' lists all")]
    [TestCase(".yaml", "config: other.yaml\n", "FILE: config is not a setting of serve")]
    [TestCase(".yaml", "help: true\n", "FILE: help is not a setting of serve")]
    [TestCase(".yaml", "port: 1\nport: 2\n", "Duplicate key port")]
    [TestCase(".json", "{\"port\": 1, \"port\": 2}", "FILE cannot be read as settings: A duplicate key 'port' was found")]
    [TestCase(".yaml", "port:\n", "FILE: port has no plain value")]
    [TestCase(".yaml", "port: {a: 1}\n", "FILE: port has no plain value")]
    [TestCase(".yaml", "port: [{a: 1}]\n", "FILE: port has no plain value")]
    [TestCase(".yaml", "- port\n", "FILE cannot be read as settings: expected one document of lines such as \"port: 8080\"")]
    [TestCase(".yaml", "port: 1\n---\nport: 2\n", "FILE cannot be read as settings: expected one document")]
    [TestCase(".yaml", "port: [1\nthreads: 2\n", "FILE cannot be read as settings")]
    [TestCase(".yaml", "port: b: c\n", "FILE line 1: ")]
    [TestCase(".json", "{\"port\":\n 1,,}", "FILE cannot be read as settings: ',' is an invalid start of a property name")]
    [TestCase(".json", "{\"port\": 1} {}", "FILE cannot be read as settings")]
    [TestCase(".json", "{\"port\": null}", "FILE: port has no plain value")]
    [TestCase(".json", "{\"port\": {\"a\": 1}}", "FILE: port has no plain value")]
    [TestCase(".json", "[]", "FILE cannot be read as settings: Top-level JSON element must be an object")]
    public void What_is_wrong_with_a_file_is_told_with_its_name(string extension, string text, string expected)
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
                "the environment variable MODEL_SERVER_MAX_REQUEST is not a setting: did you mean MODEL_SERVER_MAX_REQUESTS?"));

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
        Settings settings = new();
        Parse(["serve", "--config", file, "--max-requests", "0"], settings, ("MODEL_SERVER_PORT", "http"));

        Assert.That(
            settings.Explain("--port is 'http', expected a number"),
            Is.EqualTo("MODEL_SERVER_PORT: --port is 'http', expected a number"));
        Assert.That(settings.Explain("--threads is 'none'"), Is.EqualTo($"{file}: --threads is 'none'"));
        Assert.That(settings.Explain("--max-requests is '0'"), Is.EqualTo("--max-requests is '0'"));
    }

    [Test]
    public async Task The_process_tells_where_a_wrong_value_was_set()
    {
        (int status, string message) = await ServerProcess.RunAsync(
            "serve", "--config", Write(".yaml", "modelName: m\nmodel: m.onnx\nport: http\n"));

        Assert.That(status, Is.EqualTo(1));
        Assert.That(message, Does.Contain(".yaml: --port is").And.Contain("expected a whole number from 0 to 65535"));
    }

    [Test]
    public async Task An_unknown_flag_is_refused_with_the_one_that_was_meant()
    {
        (int status, string message) = await ServerProcess.RunAsync(
            "serve", "--model-name", "m", "--model", "m.onnx", "--max-request", "1");

        Assert.That(status, Is.EqualTo(1));
        Assert.That(message, Does.Contain("--max-request").And.Contain("did you mean --max-requests?"));
    }

    [Test]
    public void Help_tells_defaults_ranges_and_the_other_ways_to_set_a_flag()
    {
        using StringWriter help = new();
        Root().Parse(["serve", "--help"]).Invoke(new InvocationConfiguration { Output = help });

        Assert.That(
            help.ToString(),
            Does.Contain("--max-requests").And.Contain("[default: 512]").And.Contain("(1 to 1000000)").And.Contain("MODEL_SERVER_PORT"));
    }

    private static RootCommand Root() => Program.CreateRoot();

    private ParseResult Parse(string[] arguments, params (string, string)[] environment) => Parse(arguments, new Settings(), environment);

    private ParseResult Parse(string[] arguments, Settings settings, params (string Name, string Value)[] environment)
    {
        foreach ((string name, string value) in environment)
        {
            _variables.Add(name);
            Environment.SetEnvironmentVariable(name, value);
        }

        RootCommand root = Root();
        return root.Parse(settings.Complete(root, arguments));
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
