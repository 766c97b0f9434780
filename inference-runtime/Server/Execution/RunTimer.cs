using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>Measures how long runs of a sample take.</summary>
internal sealed class RunTimer(IReadOnlyList<InferTensor> sample, OutputSelection all, TimeProvider time)
{
    private const int MostRuns = 50;
    private const int LeastRuns = 2;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(40);

    /// <summary>The shortest of several runs of the sample.</summary>
    public TimeSpan Measure(RunSlot slot, CancellationToken cancellationToken) => Measure(slot, 0, cancellationToken);

    /// <summary>The shortest of several runs of the sample repeated along the first dimension.</summary>
    /// <param name="slot">What runs it.</param>
    /// <param name="rows">How often it is repeated; 0 leaves the sample as it is.</param>
    /// <param name="cancellationToken">Ends it between runs.</param>
    public TimeSpan Measure(RunSlot slot, int rows, CancellationToken cancellationToken)
    {
        TimeSpan shortest = TimeSpan.MaxValue, total = TimeSpan.Zero;
        try
        {
            Bind(slot, rows);
            for (int run = 0; run < MostRuns && (run < LeastRuns || total < Enough); run++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                TimeSpan start = RunClock.Now(slot.Session, time);
                slot.Run(all, tell: false).Release();
                TimeSpan took = RunClock.Now(slot.Session, time) - start;
                total += took;
                // The first run of a shape sets things up.
                shortest = run > 0 && took < shortest ? took : shortest;
            }
        }
        finally
        {
            slot.Clear();
        }

        return shortest;
    }

    /// <summary>Runs the sample once, repeated along the first dimension.</summary>
    public void RunOnce(RunSlot slot, int rows)
    {
        try
        {
            Bind(slot, rows);
            slot.Run(all, tell: false).Release();
        }
        finally
        {
            slot.Clear();
        }
    }

    private void Bind(RunSlot slot, int rows)
    {
        if (rows == 0)
        {
            SampleFinder.Bind(slot, sample);
            return;
        }

        for (int i = 0; i < sample.Count; i++)
        {
            ReadOnlySpan<byte> row = sample[i].Data.Span;
            if (sample[i].DataType == TensorDataType.Bytes)
            {
                // The sample's strings are all empty: so many zeros.
                slot.StageStrings(i, sample[i].Shape, rows, new byte[checked(row.Length * rows)]);
                continue;
            }

            slot.Stage(i, sample[i].Shape, rows, checked(row.Length * rows)).Clear();
        }
    }
}
