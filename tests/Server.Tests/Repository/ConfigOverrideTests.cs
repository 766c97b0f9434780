using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository.Overrides;

namespace ModelOperator.Server.Tests.Repository;

public sealed class ConfigOverrideTests
{
    [Test]
    public void All_that_there_are_settings_for_is_taken()
    {
        ConfigOverride read = ConfigOverride.Read(
            """
            {
              "name": "m", "platform": "onnxruntime_onnx", "backend": "onnxruntime", "default_model_filename": "model.onnx",
              "version_policy": {"specific": {"versions": [3, "1"]}},
              "max_batch_size": 16,
              "dynamic_batching": {
                "preferred_batch_size": [8, 4], "max_queue_delay_microseconds": "250", "priority_levels": 0,
                "default_queue_policy": {"max_queue_size": 7}
              },
              "instance_group": [{"name": "any", "kind": "KIND_CPU", "count": 3}],
              "sequence_batching": null, "ensemble_scheduling": {"step": []}, "model_warmup": [], "response_cache": {"enable": false}
            }
            """,
            "m");
        ExecutionOptions served = new() { Providers = [ExecutionProvider.Cuda, ExecutionProvider.Cpu], CacheDirectory = "/cache" };
        ExecutionOptions options = read.ApplyTo(served);

        Assert.That(read.Versions!.Of([1, 2, 3]), Is.EqualTo([3L, 1L]));
        Assert.That(options.Providers, Is.EqualTo([ExecutionProvider.Cpu]));
        Assert.That((options.Instances, options.CacheDirectory), Is.EqualTo((3, "/cache")));
        Assert.That(options.Batching.PreferredBatchSizes, Is.EqualTo([4, 8]));
        Assert.That(
            (options.Batching.MaxBatchSize, options.Batching.MaxQueueDelay, options.Batching.MaxQueueSize),
            Is.EqualTo((16, TimeSpan.FromMicroseconds(250), 7)));
    }

    [Test]
    public void What_is_left_out_is_the_servers()
    {
        ExecutionOptions served = new()
        {
            Providers = [ExecutionProvider.TensorRT, ExecutionProvider.Cpu],
            Threads = 5,
            Instances = 6,
            Devices = [1],
            Batching = new() { MaxBatchSize = 7, PreferredBatchSizes = [3], MaxQueueDelay = TimeSpan.FromSeconds(1), MaxQueueSize = 8 },
        };

        Assert.That(
            ConfigOverride.Read(
                """{"max_batch_size":null,"dynamic_batching":{"default_queue_policy":{"max_queue_size":0}},"instance_group":"""
                + """[{"count":0}]}""",
                "m")
                .ApplyTo(served),
            Is.EqualTo(served));
    }

    [TestCase("""{"instance_group":[{"kind":"KIND_GPU","gpus":[1,0]}]}""", "TensorRT,CUDA", "1,0")]
    [TestCase("""{"instance_group":[{"kind":"KIND_AUTO"}]}""", "TensorRT,CUDA,CPU", "0")]
    public void Providers_and_devices_follow_from_groups(string json, string providers, string devices)
    {
        ExecutionOptions options =
            ConfigOverride.Read(json, "m").ApplyTo(new() { Providers = ExecutionProviders.Parse("TensorRT,CUDA,CPU") });

        Assert.That(string.Join(',', options.Providers.Select(p => p.Name())), Is.EqualTo(providers));
        Assert.That(string.Join(',', options.Devices), Is.EqualTo(devices));
    }

    [TestCase("""{"name":"n"}""", "config: name is n, expected m")]
    [TestCase("""{"backend":"tensorflow"}""", "config: backend is tensorflow, expected onnxruntime")]
    [TestCase("""{"platform":"tensorrt_plan"}""", "config: platform is tensorrt_plan, expected onnxruntime_onnx")]
    [TestCase("""{"max_batch_size":-1}""", "config: max_batch_size is -1, expected 0 to 65536")]
    [TestCase(
        """{"sequence_batching":{"max_sequence_idle_microseconds":5}}""",
        "config: sequence_batching is {\"max_sequence_idle_microseconds\":5}, but this server has no setting for it: leave it out")]
    [TestCase(
        """{"dynamic_batching":{"preserve_ordering":true}}""",
        "config: dynamic_batching.preserve_ordering is true, but this server has no setting for it: leave it out")]
    [TestCase(
        """{"dynamic_batching":{"priority_levels":2}}""",
        "config: dynamic_batching.priority_levels is 2, but this server has no setting for it: leave it out")]
    [TestCase(
        """{"dynamic_batching":{"preferred_batch_size":[0]}}""",
        "config: dynamic_batching.preferred_batch_size is not of sizes, expected 1 to 65536")]
    [TestCase("""{"instance_group":[{"count":1},{"count":2}]}""", "config: the number of instance_group is 2, expected one")]
    [TestCase(
        """{"instance_group":[{"kind":"KIND_MODEL"}]}""",
        "config: instance_group[0].kind is KIND_MODEL, expected KIND_AUTO, KIND_CPU or KIND_GPU")]
    [TestCase(
        """{"parameters":{"execution_mode":{"string_value":"1"}}}""",
        "config: parameters is {\"execution_mode\":{\"string_value\":\"1\"}}, but this server has no setting for it: leave it out")]
    [TestCase(
        """{"input":[{"name":"x","reshape":{"shape":[1]}}]}""",
        "config: 'x'.reshape is {\"shape\":[1]}, but this server has no setting for it: leave it out")]
    public void What_cannot_be_is_refused_by_its_name(string json, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => ConfigOverride.Read(json, "m"))!.Message, Is.EqualTo(message));

    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("""{"max_batch_size":"eight"}""")]
    [TestCase("""{"max_batch_size":1,"max_batch_size":2}""")]
    [TestCase("""{"instance_group":{}}""")]
    public void What_is_no_configuration_is_refused(string json) => Assert.That(
        () => ConfigOverride.Read(json, "m"),
        Throws.TypeOf<ProtocolException>().With.Message.StartsWith("config is not a model configuration in JSON: "));

    [TestCase(
        """{"instance_group":[{"kind":"KIND_GPU"}]}""",
        "config: instance_group[0].kind is KIND_GPU, but the server runs with --execution-providers CPU")]
    [TestCase("""{"instance_group":[{"gpus":[0]}]}""", "config: instance_group[0].gpus names GPUs, but the model is to run on CPUs alone")]
    public void GPUs_are_refused_where_there_are_none(string json, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => ConfigOverride.Read(json, "m").ApplyTo(new()))!.Message, Is.EqualTo(message));

    [Test]
    public void Text_without_end_is_refused() => Assert.That(
        () => ConfigOverride.Read(new string(' ', 2 * 1024 * 1024), "m"),
        Throws.TypeOf<ProtocolException>().With.Property(nameof(ProtocolException.StatusCode)).EqualTo(413));

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Whatever_the_text_is_it_is_read_or_refused(string? text)
    {
        try
        {
            ConfigOverride.Read($$"""{"max_batch_size":{{text}}, "x":{{text}}}""", "m");
        }
        catch (ProtocolException)
        {
            // What a client may be told.
        }
    }
}
