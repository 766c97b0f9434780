using ModelOperator.Protocol;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository.Overrides;

namespace ModelOperator.Server.Tests.Repository;

public sealed class ConfigReaderTests
{
    [Test]
    public void All_that_there_are_settings_for_is_taken()
    {
        ConfigOverride read = ConfigReader.Read(
            """
            {
              "name": "m", "platform": "onnxruntime_onnx", "backend": "onnxruntime", "default_model_filename": "model.onnx",
              "version_policy": {"specific": {"versions": [3, "1"]}},
              "max_batch_size": 16,
              "dynamic_batching": {
                "preferred_batch_size": [8, 4], "max_queue_delay_microseconds": "250", "priority_levels": 4, "default_priority_level": 2,
                "default_queue_policy": {"max_queue_size": 7, "timeout_action": "REJECT", "allow_timeout_override": true}
              },
              "instance_group": [{"name": "any", "kind": "KIND_CPU", "count": 3}],
              "parameters": {"intra_op_thread_count": {"string_value": "2"}},
              "optimization": {"priority": "PRIORITY_DEFAULT", "input_pinned_memory": {"enable": true}},
              "sequence_batching": null, "ensemble_scheduling": {"step": []}, "model_warmup": [], "response_cache": {"enable": false}
            }
            """,
            "m");
        ExecutionOptions served = new() { Providers = [ExecutionProvider.Cuda, ExecutionProvider.Cpu], CacheDirectory = "/cache" };
        ExecutionOptions options = read.ApplyTo(served);

        Assert.That(read.Versions!.Of([1, 2, 3]), Is.EqualTo([3L, 1L]));
        Assert.That(options.Providers, Is.EqualTo([ExecutionProvider.Cpu]));
        Assert.That((options.Instances, options.Threads, options.CacheDirectory), Is.EqualTo((3, 2, "/cache")));
        Assert.That(options.Batching.PreferredBatchSizes, Is.EqualTo([4, 8]));
        Assert.That(options.Batching with { PreferredBatchSizes = [] }, Is.EqualTo(new BatchingOptions
        {
            MaxBatchSize = 16,
            PreferredBatchSizes = [],
            MaxQueueDelay = TimeSpan.FromMicroseconds(250),
            MaxQueueSize = 7,
            PriorityLevels = 4,
            DefaultPriority = 2,
        }).Using<BatchingOptions>((a, b) => (a with { PreferredBatchSizes = b.PreferredBatchSizes }) == b));
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
            ConfigReader.Read("""{"maxBatchSize":null,"dynamicBatching":{"defaultQueuePolicy":{"maxQueueSize":0}},"instanceGroup":[{"count":0}]}""", "m").ApplyTo(served),
            Is.EqualTo(served));
    }

    [TestCase("""{"instance_group":[{"kind":"KIND_GPU","gpus":[1,0]}]}""", "TensorRT,CUDA", "1,0", "Fp32")]
    [TestCase("""{"instanceGroup":[{"kind":"KIND_AUTO"}]}""", "TensorRT,CUDA,CPU", "0", "Fp32")]
    [TestCase(
        """{"optimization":{"execution_accelerators":{"gpu_execution_accelerator":[{"name":"tensorrt","parameters":{"precision_mode":"FP16"}}]}}}""",
        "TensorRT,CUDA,CPU", "0", "Fp16")]
    public void Providers_and_devices_follow_from_groups_and_accelerators(string json, string providers, string devices, string precision)
    {
        ExecutionOptions options = ConfigReader.Read(json, "m").ApplyTo(new() { Providers = ExecutionProviders.Parse("TensorRT,CUDA,CPU") });

        Assert.That(string.Join(',', options.Providers.Select(p => p.Name())), Is.EqualTo(providers));
        Assert.That((string.Join(',', options.Devices), options.Precision.ToString()), Is.EqualTo((devices, precision)));
    }

    [TestCase("""{"name":"n"}""", "config: name is \"n\", expected 'm'")]
    [TestCase("""{"backend":"tensorflow"}""", "config: backend is \"tensorflow\", expected 'onnxruntime'")]
    [TestCase("""{"platform":"tensorrt_plan"}""", "config: platform is \"tensorrt_plan\", expected 'onnxruntime_onnx'")]
    [TestCase("""{"max_batch_size":-1}""", "config: max_batch_size is -1, expected a whole number from 0 to 65536")]
    [TestCase("""{"max_batch_size":"eight"}""", "config: max_batch_size is \"eight\", expected a whole number from 0 to 65536")]
    [TestCase("""{"max_batch_size":1,"maxBatchSize":2}""", "config: max_batch_size is given twice")]
    [TestCase("""{"sequence_batching":{"max_sequence_idle_microseconds":5}}""", "config: sequence_batching is {\"max_sequence_idle_microseconds\":5}, but this server has no setting for it: leave it out")]
    [TestCase("""{"dynamic_batching":{"preserve_ordering":true}}""", "config: dynamic_batching.preserve_ordering is true, but this server has no setting for it: leave it out")]
    [TestCase("""{"dynamic_batching":{"default_queue_policy":{"timeout_action":"DELAY"}}}""", "config: dynamic_batching.default_queue_policy.timeout_action is \"DELAY\", expected 'REJECT'")]
    [TestCase("""{"dynamic_batching":{"priority_levels":2}}""", "config: dynamic_batching.default_priority_level is 0, expected 1 to priority_levels, which is 2")]
    [TestCase("""{"instance_group":[{"count":1},{"count":2}]}""", "config: instance_group is [{\"count\":1},{\"count\":2}], expected a list of 1 at most")]
    [TestCase("""{"instance_group":[{"kind":"KIND_MODEL"}]}""", "config: instance_group[0].kind is \"KIND_MODEL\", expected 'KIND_AUTO' or 'KIND_CPU' or 'KIND_GPU'")]
    [TestCase("""{"optimization":{"graph":{"level":-1}}}""", "config: optimization.graph is {\"level\":-1}, but this server has no setting for it: leave it out")]
    [TestCase("""{"optimization":{"execution_accelerators":{"cpu_execution_accelerator":[{"name":"openvino"}]}}}""", "config: optimization.execution_accelerators.cpu_execution_accelerator is [{\"name\":\"openvino\"}], but this server has no setting for it: leave it out")]
    [TestCase("""{"optimization":{"input_pinned_memory":{"enable":false}}}""", "config: optimization.input_pinned_memory.enable is false, but this server has no setting for it: leave it out")]
    [TestCase("""{"parameters":{"execution_mode":{"string_value":"1"}}}""", "config: parameters.execution_mode is {\"string_value\":\"1\"}, but this server has no setting for it: leave it out")]
    [TestCase("""{"version_policy":{"specific":{}}}""", "config: version_policy.specific is {}, expected latest, all, or specific with versions")]
    [TestCase("""{"version_policy":{"latest":{},"all":{}}}""", "config: version_policy.all is one choice too many, expected latest, all or specific")]
    [TestCase("""{"input":[{"name":"x","reshape":{"shape":[1]}}]}""", "config: input[0].reshape is {\"shape\":[1]}, but this server has no setting for it: leave it out")]
    [TestCase("[]", "config: the configuration is [], expected an object")]
    public void What_cannot_be_is_refused_by_its_name(string json, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => ConfigReader.Read(json, "m"))!.Message, Is.EqualTo(message));

    [TestCase("""{"instance_group":[{"kind":"KIND_GPU"}]}""", "config: instance_group[0].kind is KIND_GPU, but the server runs with --execution-providers CPU")]
    [TestCase("""{"instance_group":[{"gpus":[0]}]}""", "config: instance_group[0].gpus names GPUs, but the model is to run on CPUs alone")]
    public void GPUs_are_refused_where_there_are_none(string json, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => ConfigReader.Read(json, "m").ApplyTo(new()))!.Message, Is.EqualTo(message));

    [Test]
    public void Text_that_is_no_JSON_and_text_without_end_are_refused()
    {
        Assert.That(() => ConfigReader.Read("{", "m"), Throws.TypeOf<ProtocolException>().With.Message.StartsWith("config is not valid JSON: "));
        Assert.That(
            () => ConfigReader.Read(new string(' ', 2 * 1024 * 1024), "m"),
            Throws.TypeOf<ProtocolException>().With.Property(nameof(ProtocolException.StatusCode)).EqualTo(413));
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Whatever_the_text_is_it_is_read_or_refused(string? text)
    {
        try
        {
            ConfigReader.Read($$"""{"max_batch_size":{{text}}, "x":{{text}}}""", "m");
        }
        catch (ProtocolException)
        {
            // What a client may be told.
        }
    }

    [TestCase(0UL, 0UL, 10UL)]
    [TestCase(0UL, 99UL, 99UL)]
    [TestCase(4UL, 3UL, 3UL)]
    [TestCase(4UL, 5UL, 2UL)]
    [TestCase(4UL, 0UL, 2UL)]
    public void A_priority_beyond_the_levels_is_the_default(ulong levels, ulong priority, ulong counts)
    {
        BatchingPlan plan = BatchingPlan.Off(new BatchingOptions { PriorityLevels = levels, DefaultPriority = levels == 0 ? 10UL : 2UL }, "");

        Assert.That(plan.Level(priority), Is.EqualTo(counts));
    }
}
