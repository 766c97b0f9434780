using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>Computes requests on instances of a model.</summary>
internal sealed class ModelRunner(
    IReadOnlyList<TensorSpec> inputs, ModelPace pace, ModelHealth health, ExecutionRecorder recorder, TimeProvider time, ILogger logger)
{
    private volatile bool _tellsShapes;

    /// <summary>Whether room for outputs is made before a run, by the shapes that the model states. Only where the warm-up has found them right.</summary>
    public bool TellsShapes
    {
        get => _tellsShapes;
        set => _tellsShapes = value;
    }

    /// <summary>Computes one request.</summary>
    /// <exception cref="ProtocolException">The model cannot compute these inputs.</exception>
    /// <exception cref="OrtCallException">The model is broken.</exception>
    public InferResult RunOne(RunSlot slot, InferRequest request, OutputSelection selection, int rows, long arrived, Cancellation cancellation)
    {
        if (cancellation.Requested)
        {
            throw new OperationCanceledException(cancellation.Token);
        }

        long started = time.GetTimestamp();
        try
        {
            long bytes = Bind(slot, request);
            long bound = time.GetTimestamp();
            OutputSet outputs = pace.IsLong(bytes) && cancellation.Token.CanBeCanceled
                ? ComputeEndable(slot, selection, cancellation.Token)
                : Compute(slot, selection);
            try
            {
                InferTimings timings = new(
                    time.GetElapsedTime(arrived, started), time.GetElapsedTime(started, bound), time.GetElapsedTime(bound), TimeSpan.Zero, rows);
                recorder.Executed(rows, timings.Input, timings.Infer, timings.Output);
                return outputs.Whole(timings);
            }
            finally
            {
                outputs.Release();
            }
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
            slot.Clear();
        }
    }

    /// <summary>Runs what the slot is bound to.</summary>
    public OutputSet Compute(RunSlot slot, OutputSelection selection)
    {
        if (!_tellsShapes)
        {
            return slot.Run(selection, tell: false);
        }

        try
        {
            return slot.Run(selection, tell: true);
        }
        catch (OrtCallException e)
        {
            // Either the inputs are at fault, and then they are again, or the model does not keep to its shapes.
            OutputSet outputs = slot.Run(selection, tell: false);
            _tellsShapes = false;
            LogMessages.ShapesNotKept(logger, SessionFactory.Reason(e.Message));
            return outputs;
        }
    }

    private OutputSet ComputeEndable(RunSlot slot, OutputSelection selection, CancellationToken cancellationToken)
    {
        try
        {
            using (cancellationToken.UnsafeRegister(static s => ((RunSlot)s!).Terminate(), slot))
            {
                return Compute(slot, selection);
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

    private long Bind(RunSlot slot, InferRequest request)
    {
        long bytes = 0;
        for (int i = 0; i < inputs.Count; i++)
        {
            // Most clients send inputs in the model's order.
            InferTensor tensor = request.Inputs[i].Name == inputs[i].Name ? request.Inputs[i] : Batching.BatchAxis.Find(request, inputs[i].Name)!;
            slot.Bind(i, tensor);
            bytes += tensor.Data.Length;
        }

        return bytes;
    }
}
