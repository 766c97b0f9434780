namespace ModelOperator.Benchmarks.Serving;

/// <summary>
/// Where everything lies and how long it is measured; read from the environment that the script of `make bench-serving` sets.
/// </summary>
internal sealed record ServingSettings
{
    /// <summary>Folder of the models.</summary>
    public required string Models { get; init; }

    /// <summary>The published server.</summary>
    public required string Server { get; init; }

    /// <summary>The published limits.</summary>
    public required string Limits { get; init; }

    /// <summary>Node's peer, its packages installed.</summary>
    public required string NodePeer { get; init; }

    /// <summary>Cores of whatever serves; the generators have those this program runs on.</summary>
    public required string ServerCpus { get; init; }

    public required bool IsFull { get; init; }

    public int Rounds => IsFull ? 7 : 5;

    /// <summary>One measurement of a small request, of which there are many.</summary>
    public TimeSpan Short => TimeSpan.FromSeconds(IsFull ? 3 : 1);

    /// <summary>One measurement of a large one.</summary>
    public TimeSpan Long => TimeSpan.FromSeconds(IsFull ? 5 : 3);

    /// <summary>Connections, where all their numbers are tried.</summary>
    public static int[] Connections => [1, 8, 32, 128];

    /// <summary>Connections, where fewer tell enough.</summary>
    public int[] FewerConnections(params int[] few) => IsFull ? Connections : few;

    public int ServerCores => ServerCpus.Split(',').Sum(range =>
        range.Split('-') is [var first, var last] ? int.Parse(last) - int.Parse(first) + 1 : 1);

    public static ServingSettings FromEnvironment() => new()
    {
        Models = Required("BENCH_MODELS"),
        Server = Required("BENCH_SERVER"),
        Limits = Required("BENCH_LIMITS"),
        NodePeer = Required("BENCH_NODE_PEER"),
        ServerCpus = Required("BENCH_SERVER_CPUS"),
        IsFull = Environment.GetEnvironmentVariable("FULL") == "1",
    };

    public string Model(string name) => Path.Combine(Models, $"{name}.onnx");

    private static string Required(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set: run this by `make bench-serving`");
}
