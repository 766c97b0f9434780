using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Repository.Overrides;

/// <summary>Reads Triton's model configuration as JSON: what this server has settings for, and what only says what the model is. All else is refused.</summary>
internal static class ConfigReader
{
    /// <summary>More is no configuration.</summary>
    private const int MaxLength = 1024 * 1024;

    private const int MaxListed = 1024;
    private const int MaxRows = 65536;
    private const int MaxDelayMicroseconds = 10_000_000;
    private const int MaxQueueSize = 1_000_000;
    private const int MaxRuns = 1024;

    public static ConfigOverride Read(string json, string modelName)
    {
        if (json.Length > MaxLength)
        {
            throw new ProtocolException(413, $"config has {json.Length} characters, the limit is {MaxLength}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            ConfigOverride read = new();
            new ConfigField("", document.RootElement).Read((name, field) => ReadModel(name, field, read, modelName));
            return read;
        }
        catch (JsonException e)
        {
            throw new ProtocolException($"config is not valid JSON: {e.Message}", e);
        }
    }

    private static bool ReadModel(string name, ConfigField field, ConfigOverride to, string modelName)
    {
        switch (name)
        {
            case "name":
                return field.Is(modelName);
            case "platform":
                return field.Is(ModelConfigs.Platform);
            case "backend":
                return field.Is(ModelConfigs.Backend);
            case "default_model_filename":
                return field.Is(ModelDirectory.ModelFile);
            case "max_batch_size":
                to.MaxBatchSize = (int)field.Whole(0, MaxRows);
                return true;
            case "input":
                to.Inputs = [.. field.Elements(MaxListed).Select(ConfigTensor.Read)];
                return true;
            case "output":
                to.Outputs = [.. field.Elements(MaxListed).Select(ConfigTensor.Read)];
                return true;
            case "version_policy":
                field.Read((choice, value) => ReadVersions(choice, value, to));
                return true;
            case "dynamic_batching":
                ReadBatching(field, to);
                return true;
            case "instance_group":
                foreach (ConfigField group in field.Elements(1))
                {
                    group.Read((part, value) => ReadInstances(part, value, to));
                }

                return true;
            case "optimization":
                field.Read((part, value) => ReadOptimization(part, value, to));
                return true;
            case "parameters":
                field.Read((part, value) => ReadParameter(part, value, to));
                return true;
            default:
                return false;
        }
    }

    private static bool ReadVersions(string name, ConfigField field, ConfigOverride to)
    {
        if (to.Versions is not null)
        {
            throw new ProtocolException($"config: {field} is one choice too many, expected latest, all or specific");
        }

        int latest = 1;
        List<long> specific = [];
        field.Read((part, value) =>
        {
            switch (name, part)
            {
                case ("latest", "num_versions"):
                    latest = (int)value.Whole(1, MaxListed);
                    return true;
                case ("specific", "versions"):
                    specific = [.. value.Elements(MaxListed).Select(v => v.Whole(1, long.MaxValue))];
                    return true;
                default:
                    return false;
            }
        });
        to.Versions = name switch
        {
            "latest" => new VersionChoice(latest, []),
            "all" => new VersionChoice(0, []),
            "specific" when specific.Count > 0 => new VersionChoice(0, specific),
            _ => throw field.Wrong("latest, all, or specific with versions"),
        };
        return true;
    }

    private static void ReadBatching(ConfigField batching, ConfigOverride to)
    {
        batching.Read((name, field) =>
        {
            switch (name)
            {
                case "preferred_batch_size":
                    to.PreferredBatchSizes = [.. field.Elements(MaxListed).Select(s => (int)s.Whole(1, MaxRows)).Distinct().Order()];
                    return true;
                case "max_queue_delay_microseconds":
                    to.MaxQueueDelay = TimeSpan.FromMicroseconds(field.Whole(0, MaxDelayMicroseconds));
                    return true;
                case "priority_levels":
                    to.PriorityLevels = (ulong)field.Whole(0, long.MaxValue);
                    return true;
                case "default_priority_level":
                    to.DefaultPriority = (ulong)field.Whole(0, long.MaxValue);
                    return true;
                case "default_queue_policy":
                    field.Read((part, value) => ReadQueue(part, value, to));
                    return true;
                default:
                    return false;
            }
        });
        if (to.PriorityLevels > 0 ? to.DefaultPriority == 0 || to.DefaultPriority > to.PriorityLevels : to.DefaultPriority > 0)
        {
            throw new ProtocolException(
                $"config: {batching}.default_priority_level is {to.DefaultPriority}, expected 1 to priority_levels, which is {to.PriorityLevels}");
        }
    }

    private static bool ReadQueue(string name, ConfigField field, ConfigOverride to)
    {
        switch (name)
        {
            case "max_queue_size":
                // 0 is what it is when it is not set.
                to.MaxQueueSize = field.Whole(0, MaxQueueSize) is > 0 and var size ? (int)size : null;
                return true;
            case "timeout_action":
                return field.Is("REJECT");
            case "allow_timeout_override":
                // A request's own timeout always counts.
                field.Truth();
                return true;
            default:
                return false;
        }
    }

    private static bool ReadInstances(string name, ConfigField field, ConfigOverride to)
    {
        switch (name)
        {
            case "name":
                field.Text();
                return true;
            case "count":
                to.Instances = field.Whole(0, MaxRuns) is > 0 and var count ? (int)count : null;
                return true;
            case "kind":
                field.Is("KIND_AUTO", "KIND_CPU", "KIND_GPU");
                to.Kind = field.Text();
                return true;
            case "gpus":
                int[] gpus = [.. field.Elements(MaxRuns).Select(g => (int)g.Whole(0, MaxRuns - 1)).Distinct()];
                to.Devices = gpus.Length > 0 ? gpus : null;
                return true;
            default:
                return false;
        }
    }

    private static bool ReadOptimization(string name, ConfigField field, ConfigOverride to)
    {
        switch (name)
        {
            case "priority":
                return field.Is("PRIORITY_DEFAULT");
            case "input_pinned_memory" or "output_pinned_memory":
                // It always is, on GPUs.
                field.Read((part, value) => part == "enable" && (value.Truth() ? true : throw value.Unsupported()));
                return true;
            case "execution_accelerators":
                field.Read((part, value) => part == "gpu_execution_accelerator" && ReadAccelerators(value, to));
                return true;
            default:
                return false;
        }
    }

    private static bool ReadAccelerators(ConfigField list, ConfigOverride to)
    {
        foreach (ConfigField accelerator in list.Elements(1))
        {
            accelerator.Read((name, field) =>
            {
                switch (name)
                {
                    case "name":
                        to.TensorRT = field.Is("tensorrt") && field.Text().Length > 0;
                        return true;
                    case "parameters":
                        field.Read((part, value) => part == "precision_mode" && ReadPrecision(value, to));
                        return true;
                    default:
                        return false;
                }
            });
        }

        return true;
    }

    private static bool ReadPrecision(ConfigField field, ConfigOverride to)
    {
        field.Is("FP32", "FP16");
        to.Precision = field.Text() == "FP16" ? Precision.Fp16 : Precision.Fp32;
        return true;
    }

    private static bool ReadParameter(string name, ConfigField field, ConfigOverride to)
    {
        if (name != "intra_op_thread_count")
        {
            return false;
        }

        // 0 leaves it to the backend.
        field.Read((part, value) =>
        {
            to.Threads = part == "string_value" && value.Whole(0, MaxRuns) is > 0 and var threads ? (int)threads : to.Threads;
            return part == "string_value";
        });
        return true;
    }
}
