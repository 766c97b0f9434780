using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>Finds made-up inputs that a model computes.</summary>
internal static class SampleFinder
{
    // Open dimensions: one of everything, and what the usual image and text models need at least.
    private static readonly int[] Lengths = [1, 8, 32, 224];

    /// <summary>Inputs that the model computes; none when it computes none of those tried, and then why.</summary>
    public static (InferTensor[] Sample, string Failure) Find(RunSlot slot, IReadOnlyList<TensorSpec> inputs, OutputSelection all, CancellationToken cancellationToken)
    {
        string failure = "";
        foreach (int length in Lengths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            InferTensor[] sample = [.. inputs.Select(i => InferTensor.Zero(i.Name, i.DataType, ShapeOf(i, length)))];
            try
            {
                Bind(slot, sample);
                slot.Run(all, tell: false).Release();
                return (sample, "");
            }
            catch (OrtCallException e)
            {
                failure = SessionFactory.Reason(e.Message);
            }
            finally
            {
                slot.Clear();
            }

            if (inputs.All(i => !i.Shape.Contains(-1)))
            {
                break;
            }
        }

        return ([], failure);
    }

    /// <summary>Gives a sample to the next run.</summary>
    public static void Bind(RunSlot slot, IReadOnlyList<InferTensor> sample)
    {
        for (int i = 0; i < sample.Count; i++)
        {
            slot.Bind(i, sample[i]);
        }
    }

    private static long[] ShapeOf(TensorSpec input, int length) =>
        [.. input.Shape.Select((d, i) => d >= 0 ? d : i == 0 ? 1L : length)];
}
