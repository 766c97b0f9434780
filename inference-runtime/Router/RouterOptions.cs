using System.Globalization;

namespace ModelOperator.Router;

/// <summary>Settings of a router process, from its environment.</summary>
internal sealed record RouterOptions
{
    /// <summary>Name of this program.</summary>
    public const string Program = "model-router";

    /// <summary>POD_NAMESPACE: the namespace whose models are routed.</summary>
    public required string Namespace { get; init; }

    /// <summary>POD_NAME: names this router in its log.</summary>
    public string PodName { get; init; } = Program;

    /// <summary>TRAFFIC_PORT.</summary>
    public int TrafficPort { get; init; } = 8080;

    /// <summary>ADMIN_PORT: health, metrics and evidence.</summary>
    public int AdminPort { get; init; } = 8081;

    /// <summary>
    /// KEYS_FILE: the keys that the routers of the namespace share with the operator; null makes one that nobody else knows.
    /// </summary>
    public string? KeysFile { get; init; }

    /// <summary>DRAIN_SECONDS: how long a terminating router serves on, because endpoints take a moment to go.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>TERMINATION_SECONDS: the whole time from SIGTERM to the end; less than the pod's terminationGracePeriodSeconds.</summary>
    public TimeSpan TerminationTime { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>REQUEST_TIMEOUT_SECONDS: how long a model may be silent over a request.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection to a pod may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request that has not reached a model is held while pods come and go.</summary>
    public TimeSpan UnreachedTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one pod may take over a feedback.</summary>
    public TimeSpan FeedbackTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long another router may take over an outcome.</summary>
    public TimeSpan PeerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bodies up to this size are kept until the answer, so that they can be sent again; larger ones are streamed.</summary>
    public int ReplayableBodyBytes { get; init; } = 1 << 20;

    /// <summary>Memory for all kept bodies together; when it is used up bodies are streamed.</summary>
    public long ReplayMemoryBytes { get; init; } = 256L << 20;

    /// <summary>Memory for the bodies of feedback; when it is used up senders are told to come again.</summary>
    public long FeedbackMemoryBytes { get; init; } = 64L << 20;

    /// <summary>How long the body of a feedback may take to arrive.</summary>
    public TimeSpan FeedbackBodyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>MAX_CONNECTIONS: client connections at once.</summary>
    public long MaxConnections { get; init; } = 10_000;

    /// <summary>Client-made request ids whose pod is remembered.</summary>
    public int RememberedIds { get; init; } = 500_000;

    /// <summary>
    /// Ids of feedback with a revision whose outcome is remembered, lest it be counted again; the last half of them at least. About 50
    /// bytes each.
    /// </summary>
    public int RememberedOutcomes { get; init; } = 1_000_000;

    /// <exception cref="FormatException">A variable is missing or has a wrong value; the message says which and what would be
    /// right.</exception>
    public static RouterOptions FromEnvironment(Func<string, string?> variable)
    {
        string @namespace = variable("POD_NAMESPACE") ?? "";
        if (@namespace.Length == 0)
        {
            throw new FormatException("POD_NAMESPACE is not set: name the namespace whose models are to be routed");
        }

        var options = new RouterOptions { Namespace = @namespace };
        options = options with
        {
            PodName = variable("POD_NAME") ?? options.PodName,
            KeysFile = variable("KEYS_FILE") is { Length: > 0 } file ? file : null,
            TrafficPort = (int)Number("TRAFFIC_PORT", options.TrafficPort, 0, 65535),
            AdminPort = (int)Number("ADMIN_PORT", options.AdminPort, 0, 65535),
            DrainTime = Seconds("DRAIN_SECONDS", options.DrainTime, 0, 300),
            TerminationTime = Seconds("TERMINATION_SECONDS", options.TerminationTime, 1, 3600),
            ActivityTimeout = Seconds("REQUEST_TIMEOUT_SECONDS", options.ActivityTimeout, 1, 3600),
            MaxConnections = Number("MAX_CONNECTIONS", options.MaxConnections, 1, 1_000_000),
        };
        return options.DrainTime < options.TerminationTime
            ? options
            : throw new FormatException(
                $"DRAIN_SECONDS is {options.DrainTime.TotalSeconds} but must be less than TERMINATION_SECONDS, "
                + $"{options.TerminationTime.TotalSeconds}");

        TimeSpan Seconds(string name, TimeSpan standard, long minimum, long maximum) =>
            TimeSpan.FromSeconds(Number(name, (long)standard.TotalSeconds, minimum, maximum));

        long Number(string name, long standard, long minimum, long maximum)
        {
            string? text = variable(name);
            if (string.IsNullOrEmpty(text))
            {
                return standard;
            }

            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                && value >= minimum
                && value <= maximum
                ? value
                : throw new FormatException($"{name} is '{text}' but must be a whole number from {minimum} to {maximum}");
        }
    }
}
