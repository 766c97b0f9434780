using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Models;
using ModelOperator.Server.Statistics;
using ModelOperator.Server.Tracing;

namespace ModelOperator.Server.Serving;

/// <summary>
/// What happens to a request between the transport that read it and the transport that answers it: it is checked, computed, measured, and
/// its predictions are remembered.
/// </summary>
internal sealed class InferenceService(PredictionStore predictions, ServerMetrics metrics, ProtocolLimits limits, TimeProvider time)
{
    /// <summary>Computes a request.</summary>
    /// <param name="model">Whom it is for.</param>
    /// <param name="request">The request; it stays the caller's.</param>
    /// <param name="requestId">Name under which its predictions are remembered.</param>
    /// <param name="cancellationToken">Gives up waiting and computing.</param>
    /// <exception cref="ProtocolException">The request is wrong.</exception>
    /// <exception cref="OverloadedException">There is no room for it, or the model is not there (yet).</exception>
    public async ValueTask<InferResult> InferAsync(
        ServedModel model, InferRequest request, string requestId, CancellationToken cancellationToken)
    {
        // What is measured and remembered is what clients did, not the warm-up.
        if (!model.Ready)
        {
            return await ComputeAsync(model, request, requestId, remember: false, cancellationToken);
        }

        long start = time.GetTimestamp();
        model.Statistics.Arrived();
        try
        {
            InferResult result = await ComputeAsync(model, request, requestId, remember: true, cancellationToken);
            int rows = RequestRows.Count(request, model.Require().Inputs);
            TimeSpan total = time.GetElapsedTime(start);
            model.Statistics.Succeeded(rows, result.Timings, total);
            metrics.Durations.Answered(model, result.Timings, total);
            if (Traces.Wanted)
            {
                Traces.Computed(model, requestId, rows, result.Timings, time.GetUtcNow());
            }

            return result;
        }
        catch (Exception e)
        {
            model.Statistics.Failed(KindOf(e), time.GetElapsedTime(start));
            throw;
        }
    }

    private static FailureKind KindOf(Exception failure) => failure switch
    {
        OverloadedException => FailureKind.Rejected,
        OperationCanceledException => FailureKind.Canceled,
        // The model itself refused the values, or broke.
        ProtocolException { InnerException: null } => FailureKind.Other,
        _ => FailureKind.Backend,
    };

    private async ValueTask<InferResult> ComputeAsync(
        ServedModel model, InferRequest request, string requestId, bool remember, CancellationToken cancellationToken)
    {
        OnnxModel loaded = model.Require();
        RequestValidation.Check(request, loaded.Inputs, loaded.Outputs);
        if (requestId.Length > limits.MaxIdLength)
        {
            throw new ProtocolException($"the request id is longer than {limits.MaxIdLength} characters");
        }

        InferResult result = await model.RunAsync(request, cancellationToken);
        try
        {
            if (remember)
            {
                int judged = predictions.Remember(model.Name, requestId, loaded.Predictions, result);
                result.Predictions = Math.Max(judged, RequestRows.Count(request, loaded.Inputs));
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
