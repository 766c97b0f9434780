using ModelOperator.Protocol;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Execution;

/// <summary>Computes requests on instances of a model.</summary>
internal sealed class ModelRunner(IReadOnlyList<TensorSpec> inputs, ModelHealth health, ModelStatistics statistics, TimeProvider time)
{
    /// <summary>Computes one request.</summary>
    /// <exception cref="ProtocolException">The model cannot compute these inputs.</exception>
    /// <exception cref="OrtCallException">The model is broken.</exception>
    public InferResult RunOne(
        RunSlot slot, InferRequest request, OutputSelection selection, int rows, long arrived, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long started = time.GetTimestamp();
        OutputSet? outputs = null;
        try
        {
            Bind(slot, request);
            long bound = time.GetTimestamp();
            outputs = Compute(slot, selection, cancellationToken);
            InferTimings timings = new(
                time.GetElapsedTime(arrived, started),
                time.GetElapsedTime(started, bound),
                time.GetElapsedTime(bound),
                TimeSpan.Zero,
                rows);
            statistics.Executed(rows, timings.Input, timings.Infer, timings.Output);
            return outputs.Whole(timings);
        }
        catch (OrtCallException e)
        {
            slot.Clear();
            if (health.StillComputes(slot))
            {
                throw new ProtocolException($"the model cannot compute these inputs: {SessionFactory.Reason(e.Message)}", e);
            }

            throw;
        }
        finally
        {
            outputs?.Release();
            slot.Clear();
        }
    }

    private static OutputSet Compute(RunSlot slot, OutputSelection selection, CancellationToken cancellationToken)
    {
        try
        {
            using (cancellationToken.UnsafeRegister(static s => ((RunSlot)s!).Terminate(), slot))
            {
                return slot.Run(selection);
            }
        }
        catch (OrtCallException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
            {
                slot.Unterminate();
            }
        }
    }

    private void Bind(RunSlot slot, InferRequest request)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            slot.Bind(i, request.Inputs.First(t => t.Name == inputs[i].Name));
        }
    }
}
