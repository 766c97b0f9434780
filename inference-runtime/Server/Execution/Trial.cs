using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>Runs made-up inputs: finds some that a model computes, and measures it with them. Not for two threads at once.</summary>
internal sealed class Trial(RunSlot slot, OutputSelection all, TimeProvider time)
{
    private const int MostRuns = 10;
    private const int LeastRuns = 3;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(100);

    // Open dimensions: one of everything, and what the usual image and text models need at least.
    private static readonly int[] Lengths = [1, 8, 32, 224];

    /// <summary>
    /// Inputs that the model computes, one row where it takes any number; none when it computes none of those tried, and then why.
    /// </summary>
    public (InferTensor[] Sample, string Failure) FindSample(IReadOnlyList<TensorSpec> inputs, CancellationToken cancellationToken)
    {
        string failure = "";
        foreach (int length in Lengths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            InferTensor[] sample =
                [.. inputs.Select(i => InferTensor.Zero(
                    i.Name, i.DataType, [.. i.Shape.Select((d, axis) => d >= 0 ? d : axis == 0 ? 1L : length)]))];
            try
            {
                Run(sample, rows: null);
                return (sample, "");
            }
            catch (OrtCallException e)
            {
                failure = SessionFactory.Reason(e.Message);
            }

            if (inputs.All(i => !i.Shape.Contains(-1)))
            {
                break;
            }
        }

        return ([], failure);
    }

    /// <summary>The shortest of several runs: whatever else the machine does only makes them longer.</summary>
    /// <param name="sample">What is run.</param>
    /// <param name="rows">How often it is repeated along the first dimension; null leaves it as it is.</param>
    /// <param name="cancellationToken">Ends it between runs.</param>
    public TimeSpan Measure(IReadOnlyList<InferTensor> sample, int? rows, CancellationToken cancellationToken)
    {
        // The first run of a shape sets things up.
        Run(sample, rows);
        TimeSpan shortest = TimeSpan.MaxValue, total = TimeSpan.Zero;
        for (int run = 0; run < MostRuns && (run < LeastRuns || total < Enough); run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = time.GetTimestamp();
            Run(sample, rows);
            TimeSpan took = time.GetElapsedTime(start);
            total += took;
            shortest = took < shortest ? took : shortest;
        }

        return shortest;
    }

    /// <summary>Runs a sample once.</summary>
    public void Run(IReadOnlyList<InferTensor> sample, int? rows)
    {
        try
        {
            for (int i = 0; i < sample.Count; i++)
            {
                Bind(i, sample[i], rows);
            }

            slot.Run(all).Release();
        }
        finally
        {
            slot.Clear();
        }
    }

    private void Bind(int input, InferTensor row, int? rows)
    {
        if (rows is not { } count)
        {
            slot.Bind(input, row);
            return;
        }

        // The sample is all zeros, and its strings are empty, which is zeros too.
        int bytes = checked(row.Data.Length * count);
        if (row.DataType == TensorDataType.Bytes)
        {
            slot.StageStrings(input, row.Shape, count, new byte[bytes]);
        }
        else
        {
            slot.Stage(input, row.Shape, count, bytes).Clear();
        }
    }
}
