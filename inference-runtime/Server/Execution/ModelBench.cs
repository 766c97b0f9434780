using ModelOperator.Protocol;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>What was found out about a model by running made-up inputs.</summary>
internal sealed class ModelBench
{
    private readonly OutputSelection _all;
    private readonly RunTimer _timer;
    private readonly ILogger _logger;

    private ModelBench(ModelSignature signature, IReadOnlyList<InferTensor> sample, OutputSelection all, TimeProvider time, ILogger logger)
    {
        (Signature, Sample, _all, _logger) = (signature, sample, all, logger);
        _timer = new RunTimer(sample, all, time);
    }

    public ModelSignature Signature { get; }

    /// <summary>Inputs that the model computes, one row where it takes any number; none when it computes none of those tried.</summary>
    public IReadOnlyList<InferTensor> Sample { get; }

    /// <summary>Time of a run of the sample; zero without one.</summary>
    public TimeSpan Single { get; private set; }

    /// <summary>Time of a run of a full batch.</summary>
    public TimeSpan Full { get; private set; }

    public BatchingPlan Plan { get; private set; } = new();

    /// <summary>Whether the model's outputs have the shapes that it states.</summary>
    public bool TellsShapes { get; private set; }

    public static ModelBench Run(OrtSession session, ExecutionOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        ModelSignature signature = ModelSignature.Of(session.Managed, logger);
        OutputSelection all = new([.. signature.Outputs], signature.Outputs.Count, signature.Inputs);
        using RunSlot slot = new(session, signature.Inputs);
        (InferTensor[] sample, string failure) = SampleFinder.Find(slot, signature.Inputs, all, cancellationToken);
        ModelBench bench = new(signature, sample, all, time, logger);
        if (sample.Length == 0)
        {
            LogMessages.WarmUpFailed(logger, failure);
        }
        else
        {
            bench.Single = bench._timer.Measure(slot, cancellationToken);
            LogMessages.WarmedUp(
                logger, string.Join(", ", sample.Select(t => $"{t.Name} {Shapes.Format(t.Shape)}")), Math.Round(bench.Single.TotalMilliseconds, 3));
            bench.CheckShapes(slot);
        }

        string? obstacle = BatchAxis.Obstacle(signature.Inputs, signature.Outputs);
        bool? independent = obstacle is null && sample.Length > 0 && options.Batching.MaxBatchSize is not (0 or 1) ? new RowIndependence(sample, all).Check(slot) : null;
        bench.Plan = BatchTuner.Decide(
            options.Batching, obstacle, independent, bench.Single, rows => bench._timer.Measure(slot, rows, cancellationToken),
            coarse: session.Provider == ExecutionProvider.TensorRT);
        bench.Full = bench.Plan.Batches && sample.Length > 0 ? bench._timer.Measure(slot, bench.Plan.MaxRows, cancellationToken) : bench.Single;
        return bench;
    }

    /// <summary>What a run of a full batch takes on another session.</summary>
    public TimeSpan MeasureFull(OrtSession session, CancellationToken cancellationToken)
    {
        using RunSlot slot = new(session, Signature.Inputs);
        return _timer.Measure(slot, Plan.Batches ? Plan.MaxRows : 0, cancellationToken);
    }

    /// <summary>Runs the shapes that traffic will bring on every session.</summary>
    public void WarmUp(IEnumerable<SlotRing> rings, CancellationToken cancellationToken)
    {
        if (Sample.Count == 0)
        {
            return;
        }

        foreach (SlotRing ring in rings)
        {
            using RunSlot slot = new(ring.Session, Signature.Inputs);
            _timer.Measure(slot, cancellationToken);
            // The largest first: memory is then there for all, and TensorRT builds for a range of sizes at once.
            foreach (int rows in Sizes())
            {
                cancellationToken.ThrowIfCancellationRequested();
                _timer.RunOnce(slot, rows);
            }
        }
    }

    private IEnumerable<int> Sizes()
    {
        SortedSet<int> sizes = [.. Plan.Preferred];
        for (int rows = Plan.MaxRows; rows > 1; rows /= 2)
        {
            sizes.Add(rows);
        }

        return sizes.Reverse();
    }

    private void CheckShapes(RunSlot slot)
    {
        long[][] inputs = [.. Sample.Select(t => t.Shape)];
        try
        {
            SampleFinder.Bind(slot, Sample);
            OutputSet outputs = slot.Run(_all, tell: false);
            TellsShapes = true;
            for (int i = 0; i < _all.Rules.Length; i++)
            {
                long[] told = new long[_all.Rules[i]?.Rank ?? 0];
                if (_all.Rules[i] is { } rule && !(rule.TryTell(inputs, told, out _) && outputs.Shape(i).SequenceEqual(told)))
                {
                    TellsShapes = false;
                    LogMessages.ShapesNotKept(_logger, $"output '{_all.Computed[i].Name}' has shape {Shapes.Format(outputs.Shape(i).ToArray())}, by what the model says it would be {Shapes.Format(told)}");
                }
            }

            outputs.Release();
        }
        finally
        {
            slot.Clear();
        }
    }
}
