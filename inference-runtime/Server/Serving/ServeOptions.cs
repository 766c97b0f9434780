using ModelOperator.Protocol;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Tracing;

namespace ModelOperator.Server.Serving;

/// <summary>What <c>serve</c> was asked to do. Ranges are checked where the command line is read.</summary>
internal sealed record ServeOptions
{
    /// <summary>Name of the one model that is served, unless there is a repository.</summary>
    public string ModelName { get; init; } = "";

    public string ModelVersion { get; init; } = "1";

    public string ModelPath { get; init; } = "";

    /// <summary>Directory of many models, instead of the one.</summary>
    public string? ModelRepository { get; init; }

    /// <summary>How many of the newest versions of each model of the repository are served; 0 serves all.</summary>
    public int LatestVersions { get; init; } = 1;

    /// <summary>Whether clients may load and unload models.</summary>
    public ModelControlMode ModelControl { get; init; } = ModelControlMode.None;

    /// <summary>Port on all addresses; 0 takes a free one.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Port of gRPC on all addresses; 0 takes a free one, -1 leaves gRPC out.</summary>
    public int GrpcPort { get; init; } = 9000;

    /// <summary>How models are computed.</summary>
    public ExecutionOptions Execution { get; init; } = new();

    /// <summary>Requests in the server at the same time, waiting ones included; more are refused with 503.</summary>
    public int MaxRequests { get; init; } = 512;

    /// <summary>Bytes of a request body.</summary>
    public long MaxBodyBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a request may wait and compute.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After a request to stop: how long requests that still arrive are served.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    public FeedbackOptions Feedback { get; init; } = new();

    /// <summary>Whose feedback is taken; null for anybody's.</summary>
    public FeedbackCallers? FeedbackCallers { get; init; }

    /// <summary>What a request may hold.</summary>
    public ProtocolLimits Limits { get; init; } = new();

    public NetworkLimits Network { get; init; } = new();

    public LogOptions Logs { get; init; } = new();

    /// <summary>Null sends no traces.</summary>
    public TraceOptions? Traces { get; init; }
}
