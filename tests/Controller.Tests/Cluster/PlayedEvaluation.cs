using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using ModelOperator.Api;
using ModelOperator.Controller.Tests.Traffic;
using ModelOperator.Evidence;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>What the Job controller, the kubelet and the evaluation itself do in a real cluster, step by step as a test wishes.</summary>
internal sealed class PlayedEvaluation : IAsyncDisposable
{
    private readonly IKubernetes _world;
    private readonly string _namespace;
    private RouterServer? _server;

    private PlayedEvaluation(IKubernetes world, string @namespace) => (_world, _namespace) = (world, @namespace);

    public int Port => _server!.Port;

    /// <summary>What its pod tells of its progress; null gives no answer.</summary>
    public EvaluationReport? Progress { get; set; }

    public static async Task<PlayedEvaluation> StartAsync(ApiServerFixture server, string @namespace)
    {
        var evaluation = new PlayedEvaluation(server.World, @namespace);
        evaluation._server = await RouterServer.StartAsync(async context =>
        {
            context.Response.StatusCode = evaluation.Progress is null ? 500 : 200;
            if (evaluation.Progress is { } report)
            {
                await context.Response.WriteAsync(JsonSerializer.Serialize(report, EvaluationJson.Default.EvaluationReport));
            }
        });
        return evaluation;
    }

    public static EvaluationReport Report(long rows, long totalRows, long canaryWrong, long? stableWrong = null) => new()
    {
        Rows = rows,
        TotalRows = totalRows,
        Canary = new ArmReport { Total = rows, Bad = canaryWrong, Answers = rows, LatencyMicroseconds = 2100 },
        Stable = stableWrong is { } wrong ? new ArmReport { Total = rows, Bad = wrong, Answers = rows, LatencyMicroseconds = 2200 } : null,
        OnlyCanaryWrong = stableWrong is null ? 0 : canaryWrong,
        OnlyStableWrong = stableWrong ?? 0,
        QuantilePercent = 95,
    };

    /// <summary>The Job, once the operator has made it.</summary>
    public Task<V1Job> JobAsync(string? notUid = null) =>
        _world.JobAsync(_namespace, $"{Labels.Component}={Labels.EvaluationComponent}", notUid);

    /// <summary>A pod of the Job that runs.</summary>
    public async Task<string> RunAsync(V1Job job, int number = 0)
    {
        string name = await PlayedJob.CreatePodAsync(_world, job, $"{number}");
        await SetAsync(name, "Running", new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Time() } });
        return name;
    }

    /// <summary>The pod's end with what it left behind.</summary>
    public Task EndAsync(string pod, int exitCode, string message) => SetAsync(
        pod,
        exitCode == 0 ? "Succeeded" : "Failed",
        new JsonObject
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = exitCode,
                ["message"] = message,
                ["startedAt"] = Time(),
                ["finishedAt"] = Time(),
            },
        });

    public Task EndAsync(string pod, EvaluationReport report) =>
        EndAsync(pod, 0, JsonSerializer.Serialize(report, EvaluationJson.Default.EvaluationReport) + "\n");

    /// <summary>What the Job controller says when it gives up.</summary>
    public Task GiveUpAsync(V1Job job, string reason) => PlayedJob.EndAsync(_world, job, "Failed", reason, Time());

    public async ValueTask DisposeAsync() => await _server!.DisposeAsync();

    private Task<V1Pod> SetAsync(string pod, string phase, JsonObject state) => _world.CoreV1.PatchNamespacedPodStatusAsync(
        new JsonObject
        {
            ["phase"] = phase,
            ["podIP"] = "127.0.0.1",
            ["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = "evaluate",
                ["image"] = "registry.example/x:1",
                ["imageID"] = "",
                ["ready"] = phase == "Running",
                ["restartCount"] = 0,
                ["state"] = state,
            }),
        }.StatusPatch(),
        pod,
        _namespace);

    private static string Time() =>
        TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
