using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelOperator.Api;
using ModelOperator.Controller.Tests.Reports;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>What the Job controller, the kubelet and the evaluation itself do in a real cluster, step by step as a test wishes.</summary>
internal sealed class PlayedEvaluation : IAsyncDisposable
{
    private readonly IKubernetesClient _client;
    private readonly string _namespace;
    private RouterServer? _server;

    private PlayedEvaluation(IKubernetesClient client, string @namespace) => (_client, _namespace) = (client, @namespace);

    public int Port => _server!.Port;

    /// <summary>What its pod tells of its progress; null gives no answer.</summary>
    public EvaluationReport? Progress { get; set; }

    public static async Task<PlayedEvaluation> StartAsync(IKubernetesClient client, string @namespace)
    {
        var evaluation = new PlayedEvaluation(client, @namespace);
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
    public async Task<Job> JobAsync(string? notUid = null)
    {
        Job? job = null;
        await Eventually.TrueAsync(
            async () =>
            {
                job = (await _client.ListAsync(Resources.Jobs, _namespace, new ListOptions { LabelSelector = $"{Labels.Component}={Labels.EvaluationComponent}" }, CancellationToken.None))
                    .Items.FirstOrDefault(found => found.Metadata.Uid != notUid && found.Metadata.DeletionTimestamp is null);
                return job is not null;
            },
            "the Job of the evaluation",
            TimeSpan.FromSeconds(60));
        return job!;
    }

    /// <summary>A pod of the Job that runs.</summary>
    public async Task<string> RunAsync(Job job, int number = 0)
    {
        string name = $"{job.Metadata.Name}-{number}";
        var labels = new JsonObject();
        foreach ((string key, string value) in job.Spec.Template.Metadata!.Labels!)
        {
            labels[key] = value;
        }

        var pod = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = _namespace,
                ["labels"] = labels,
                ["ownerReferences"] = new JsonArray(new JsonObject
                {
                    ["apiVersion"] = "batch/v1",
                    ["kind"] = "Job",
                    ["name"] = job.Metadata.Name,
                    ["uid"] = job.Metadata.Uid,
                    ["controller"] = true,
                }),
            },
            ["spec"] = new JsonObject
            {
                ["terminationGracePeriodSeconds"] = 0,
                ["restartPolicy"] = "Never",
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "evaluate", ["image"] = "registry.example/x:1" }),
            },
        };
        await _client.ApplyAsync(Resources.Pods, pod, "kubelet", CancellationToken.None);
        await SetAsync(name, "Running", new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Time() } });
        return name;
    }

    /// <summary>The pod's end with what it left behind.</summary>
    public Task EndAsync(string pod, int exitCode, string message) => SetAsync(
        pod,
        exitCode == 0 ? "Succeeded" : "Failed",
        new JsonObject
        {
            ["terminated"] = new JsonObject { ["exitCode"] = exitCode, ["message"] = message, ["startedAt"] = Time(), ["finishedAt"] = Time() },
        });

    public Task EndAsync(string pod, EvaluationReport report) => EndAsync(pod, 0, JsonSerializer.Serialize(report, EvaluationJson.Default.EvaluationReport) + "\n");

    /// <summary>What the Job controller says when it gives up.</summary>
    public Task GiveUpAsync(Job job, string reason) => _client.MergePatchAsync(
        Resources.Jobs,
        _namespace,
        job.Metadata.Name,
        new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["startTime"] = Time(),
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Failed", ["status"] = "True", ["reason"] = reason, ["lastTransitionTime"] = Time() }),
            },
        },
        CancellationToken.None,
        "status");

    public async ValueTask DisposeAsync() => await _server!.DisposeAsync();

    private Task<Pod> SetAsync(string pod, string phase, JsonObject state) => _client.MergePatchAsync(
        Resources.Pods,
        _namespace,
        pod,
        new JsonObject
        {
            ["status"] = new JsonObject
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
            },
        },
        CancellationToken.None,
        "status");

    private static string Time() => TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
