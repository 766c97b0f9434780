using System.CommandLine;
using System.Globalization;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Commands;

/// <summary>Flags of how models are computed.</summary>
internal static class ExecutionFlags
{
    private static readonly Option<string> Providers = new("--execution-providers")
    {
        Description = "What to run on, the first that works: TensorRT, CUDA, CPU, separated by commas",
        DefaultValueFactory = _ => "CPU",
    };

    private static readonly Option<int?> Threads = Options.OptionalNumber(
        "--threads",
        "CPU threads for one run; without it all CPUs this container may use, divided by --instances where that is given",
        1,
        1024);

    private static readonly Option<int?> Instances = Options.OptionalNumber(
        "--instances",
        "Runs at the same time on each device, further requests wait; without it as many as there are CPUs, "
        + "1 where requests are computed together, 2 on a GPU",
        1,
        1024);

    private static readonly Option<string> Devices = new("--devices")
    {
        Description = "GPUs to run on, by number, separated by commas",
        DefaultValueFactory = _ => "0",
        HelpName = "NUMBERS",
    };

    private static readonly Option<string> PrecisionFlag = Options.OneOf(
        "--precision", "What the model computes with; Fp16 needs TensorRT first among the execution providers", "Fp32", "Fp32", "Fp16");

    private static readonly Option<string> Denormals = Options.OneOf(
        "--denormals",
        "What becomes of numbers nearer to zero than 1.2e-38 while a model runs on the CPU; Flush takes them for zero, "
        + "which is much faster on x86 where weights or inputs have them",
        "Flush", "Flush", "Keep");

    private static readonly Option<string?> CacheDirectory = new("--cache-dir")
    {
        Description =
            "Directory on a volume for what is made of models and is of use at the next start: TensorRT's engines, "
            + "optimized graphs (without it those lie beside the model)",
        HelpName = "DIRECTORY",
    };

    private static readonly Option<string?> CacheKeyFile = new("--cache-key-file")
    {
        Description =
            "File with a secret of 16 random bytes or more, the same for all pods that share --cache-dir; "
            + "without it a pod uses only what it has kept itself",
        HelpName = "FILE",
    };

    private static readonly Option<int?> MaxBatchSize = Options.OptionalNumber(
        "--max-batch-size",
        "Rows of requests that are computed together; 0 and 1 turn that off; without it 32 where the model allows it and a batch pays",
        0,
        65536);

    private static readonly Option<string> PreferredBatchSizes = new("--preferred-batch-sizes")
    {
        Description = "Sizes at which a batch waits for no more requests, separated by commas",
        DefaultValueFactory = _ => "",
        HelpName = "NUMBERS",
    };

    private static readonly Option<int> MaxQueueDelay = Options.Number(
        "--max-queue-delay-microseconds",
        "How long a request may be held back for others to come; with 0 only requests that have to wait anyway are computed together", 0, 0,
        10_000_000);

    private static readonly Option<int> MaxQueueSize = Options.Number(
        "--max-queue-size", "Requests that may wait for the model, more are refused with 503", 256, 1, 1_000_000);

    public static IReadOnlyList<Option> OfExecution { get; } =
        [Providers, Threads, Instances, Devices, PrecisionFlag, Denormals, CacheDirectory, CacheKeyFile];

    public static IReadOnlyList<Option> OfBatching { get; } = [MaxBatchSize, PreferredBatchSizes, MaxQueueDelay, MaxQueueSize];

    public static ExecutionOptions Read(ParseResult parsed) => new()
    {
        Providers = ExecutionProviders.Parse(parsed.GetRequiredValue(Providers)),
        Threads = parsed.GetValue(Threads),
        Instances = parsed.GetValue(Instances),
        Devices = Numbers("--devices", parsed.GetRequiredValue(Devices), 0, 1023) is { Count: > 0 } devices ? devices : [0],
        Precision = Enum.Parse<Precision>(parsed.GetRequiredValue(PrecisionFlag), ignoreCase: true),
        FlushDenormals = string.Equals(parsed.GetRequiredValue(Denormals), "Flush", StringComparison.OrdinalIgnoreCase),
        CacheDirectory = parsed.GetValue(CacheDirectory),
        CacheKeyFile = parsed.GetValue(CacheKeyFile),
        Batching = new BatchingOptions
        {
            MaxBatchSize = parsed.GetValue(MaxBatchSize),
            PreferredBatchSizes = [.. Numbers("--preferred-batch-sizes", parsed.GetValue(PreferredBatchSizes) ?? "", 1, 65536).Order()],
            MaxQueueDelay = TimeSpan.FromMicroseconds(parsed.GetValue(MaxQueueDelay)),
            MaxQueueSize = parsed.GetValue(MaxQueueSize),
        },
    };

    private static List<int> Numbers(string flag, string text, int least, int most)
    {
        List<int> numbers = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < least || number > most)
            {
                throw new TerminatingException(
                    FailureReasons.InvalidConfiguration,
                    $"{flag} has '{part}', expected whole numbers from {least} to {most}, separated by commas");
            }

            if (numbers.Contains(number))
            {
                throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{flag} has '{part}' twice");
            }

            numbers.Add(number);
        }

        return numbers;
    }
}
