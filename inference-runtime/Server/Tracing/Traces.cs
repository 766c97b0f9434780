using System.Diagnostics;
using ModelOperator.Server.Models;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Tracing;

/// <summary>
/// The spans of a request: its own, which the web server begins (the child of what the client's traceparent names), and in it how long it
/// waited and computed. Without somebody who wants them, all of this is one look at a field.
/// </summary>
internal static class Traces
{
    public const string SourceName = "ModelOperator.InferenceRuntime";

    /// <summary>The web server's source.</summary>
    public const string WebServer = "Microsoft.AspNetCore";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether the current request is traced.</summary>
    public static bool Wanted => Source.HasListeners() && Activity.Current is { IsAllDataRequested: true };

    /// <summary>Sends no span of this request: nobody wants those of every probe and scrape.</summary>
    public static void Leave()
    {
        if (Source.HasListeners() && Activity.Current is { } request)
        {
            request.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    /// <summary>Names the request's span and says what it was.</summary>
    public static void Requested(string route, string method, int status)
    {
        if (Activity.Current is not { } request)
        {
            return;
        }

        request.DisplayName = $"{method} {route}";
        request.SetTag("http.request.method", method);
        request.SetTag("http.route", route);
        request.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            request.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Adds the parts of a request that has just been computed.</summary>
    public static void Computed(ServedModel model, string requestId, int rows, in InferTimings timings, DateTimeOffset now)
    {
        if (Activity.Current is { } request)
        {
            request.SetTag("model.name", model.Name);
            request.SetTag("model.version", model.Version);
            request.SetTag("request.id", requestId);
            request.SetTag("request.rows", rows);
        }

        TimeSpan compute = timings.Input + timings.Infer + timings.Output;
        DateTimeOffset started = now - compute;
        using (Activity? queue = Source.StartActivity(
            "queue", ActivityKind.Internal, default(ActivityContext), startTime: started - timings.Queue))
        {
            queue?.SetEndTime(started.UtcDateTime);
        }

        using Activity? computing = Source.StartActivity("compute", ActivityKind.Internal, default(ActivityContext), startTime: started);
        computing?.SetTag("batch.size", timings.BatchSize);
        computing?.SetTag("compute.input.us", (long)timings.Input.TotalMicroseconds);
        computing?.SetTag("compute.infer.us", (long)timings.Infer.TotalMicroseconds);
        computing?.SetTag("compute.output.us", (long)timings.Output.TotalMicroseconds);
        computing?.SetEndTime(now.UtcDateTime);
    }
}
