using Microsoft.ML.OnnxRuntime;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Models;

/// <summary>
/// Runs a model on made-up inputs before it takes traffic, so that the first request does not pay for allocations and kernel set-up.
/// The inputs that worked are kept: whether the model still computes them tells a bad request from a broken model.
/// </summary>
internal sealed class WarmUp
{
    private const int Runs = 3;

    // Open dimensions: one of everything, and what the usual image and text models need at least.
    private static readonly int[] Lengths = [1, 8, 32, 224];

    private readonly InferTensor[] _sample;
    private readonly OnnxModel _model;

    private WarmUp(OnnxModel model, InferTensor[] sample)
    {
        _model = model;
        _sample = sample;
    }

    /// <summary>Warms the model up; null when it computes none of the made-up inputs.</summary>
    public static WarmUp? Run(OnnxModel model, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        string failure = "";
        foreach (int length in Lengths)
        {
            InferTensor[] sample = [.. model.Inputs.Select(i => InferTensor.Zero(i.Name, i.DataType, ShapeOf(i, length)))];
            WarmUp warmUp = new(model, sample);
            try
            {
                long start = 0;
                for (int run = 0; run < Runs; run++)
                {
                    start = time.GetTimestamp();
                    warmUp.Compute(cancellationToken);
                }

                string shapes = string.Join(", ", sample.Select(t => $"{t.Name} {Shapes.Format(t.Shape)}"));
                LogMessages.WarmedUp(logger, shapes, Math.Round(time.GetElapsedTime(start).TotalMilliseconds, 3));
                return warmUp;
            }
            catch (OnnxRuntimeException e)
            {
                failure = SessionFactory.Reason(e);
            }

            if (model.Inputs.All(i => !i.Shape.Contains(-1)))
            {
                break;
            }
        }

        LogMessages.WarmUpFailed(logger, failure);
        return null;
    }

    /// <summary>Inputs that the model computes.</summary>
    public IReadOnlyList<InferTensor> Sample => _sample;

    /// <summary>Computes the sample again.</summary>
    public void Compute(CancellationToken cancellationToken)
    {
        foreach (ResultTensor output in _model.Run(_sample, [.. _model.Outputs.Select(o => o.Name)], cancellationToken))
        {
            output.Dispose();
        }
    }

    private static long[] ShapeOf(TensorSpec input, int length) =>
        [.. input.Shape.Select((d, i) => d >= 0 ? d : i == 0 ? 1L : length)];
}
