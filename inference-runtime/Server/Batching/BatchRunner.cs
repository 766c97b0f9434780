using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Batching;

/// <summary>Computes requests together: joins their inputs along the first dimension and gives each its rows of the outputs.</summary>
internal sealed class BatchRunner(
    IReadOnlyList<TensorSpec> inputs, ModelStatistics statistics, ModelRunner runner, TimeProvider time, ILogger logger)
{
    /// <summary>Computes requests that can be joined, and tells each one's result to whoever awaits it.</summary>
    public void Run(RunSlot slot, ReadOnlySpan<PendingRun> members)
    {
        if (members.Length == 1 || !TryRunTogether(slot, members))
        {
            foreach (PendingRun member in members)
            {
                RunAlone(slot, member);
            }
        }
    }

    private void RunAlone(RunSlot slot, PendingRun member)
    {
        InferResult result;
        try
        {
            result = runner.RunOne(slot, member.Request, member.Selection, member.Rows, member.Arrived, member.Cancellation);
        }
        catch (Exception e)
        {
            // Whatever it is, it is for the one who awaits.
            member.Fail(e);
            return;
        }

        member.Succeed(result);
    }

    /// <summary>False when the batch failed as a whole: one member may have spoilt it, so each is to be tried alone.</summary>
    private bool TryRunTogether(RunSlot slot, ReadOnlySpan<PendingRun> members)
    {
        InferResult[] results;
        try
        {
            results = RunTogether(slot, members);
        }
        catch (Exception e)
        {
            // Whatever it is, each member hears of its own part in it.
            LogMessages.BatchFailed(logger, members.Length, SessionFactory.Reason(e.Message));
            return false;
        }

        for (int i = 0; i < members.Length; i++)
        {
            if (members[i].Cancellation.IsCancellationRequested)
            {
                results[i].Dispose();
                members[i].Fail(new OperationCanceledException(members[i].Cancellation));
            }
            else
            {
                members[i].Succeed(results[i]);
            }
        }

        return true;
    }

    private InferResult[] RunTogether(RunSlot slot, ReadOnlySpan<PendingRun> members)
    {
        long started = time.GetTimestamp();
        OutputSet? outputs = null;
        try
        {
            int rows = Join(slot, members);
            long joined = time.GetTimestamp();
            outputs = ComputeWhileAwaited(slot, members);
            long computed = time.GetTimestamp();
            InferResult[] results = Split(outputs, members, rows, started, joined, computed);
            statistics.Executed(
                rows, time.GetElapsedTime(started, joined), time.GetElapsedTime(joined, computed), time.GetElapsedTime(computed));
            return results;
        }
        finally
        {
            outputs?.Release();
            slot.Clear();
        }
    }

    private int Join(RunSlot slot, ReadOnlySpan<PendingRun> members)
    {
        int rows = 0;
        foreach (PendingRun member in members)
        {
            rows += member.Rows;
        }

        for (int input = 0; input < inputs.Count; input++)
        {
            int bytes = 0;
            foreach (PendingRun member in members)
            {
                bytes += BatchAxis.Find(member.Request, inputs[input].Name)!.Data.Length;
            }

            InferTensor first = BatchAxis.Find(members[0].Request, inputs[input].Name)!;
            if (first.DataType == TensorDataType.Bytes)
            {
                using PooledBuffer text = new(bytes);
                Fill(text.GetSpan(bytes), members, input);
                text.Advance(bytes);
                slot.StageStrings(input, first.Shape, rows, text.Span);
            }
            else
            {
                Fill(slot.Stage(input, first.Shape, rows, bytes), members, input);
            }
        }

        return rows;
    }

    private void Fill(Span<byte> room, ReadOnlySpan<PendingRun> members, int input)
    {
        foreach (PendingRun member in members)
        {
            Span<byte> data = BatchAxis.Find(member.Request, inputs[input].Name)!.Data.Span;
            data.CopyTo(room);
            room = room[data.Length..];
        }
    }

    /// <summary>A batch goes on as long as one of its members is awaited.</summary>
    private static OutputSet ComputeWhileAwaited(RunSlot slot, ReadOnlySpan<PendingRun> members)
    {
        foreach (PendingRun member in members)
        {
            if (!member.Cancellation.CanBeCanceled)
            {
                return slot.Run(members[0].Selection);
            }
        }

        Departures departures = new(slot, members.Length);
        CancellationTokenRegistration[] registrations = new CancellationTokenRegistration[members.Length];
        try
        {
            for (int i = 0; i < members.Length; i++)
            {
                registrations[i] = members[i].Cancellation.UnsafeRegister(static d => ((Departures)d!).OneLeft(), departures);
            }

            return slot.Run(members[0].Selection);
        }
        finally
        {
            foreach (CancellationTokenRegistration registration in registrations)
            {
                registration.Dispose();
            }

            if (departures.AllLeft)
            {
                slot.Unterminate();
            }
        }
    }

    /// <exception cref="InvalidOperationException">The outputs have not a row for each row of the inputs.</exception>
    private InferResult[] Split(OutputSet outputs, ReadOnlySpan<PendingRun> members, int rows, long started, long joined, long computed)
    {
        for (int i = 0; i < members[0].Selection.Computed.Length; i++)
        {
            if (outputs.Shape(i) is not [var length, ..] || length != rows)
            {
                throw new InvalidOperationException(
                    $"output '{members[0].Selection.Computed[i].Name}' of {rows} rows came with shape {Shapes.Format(outputs.Shape(i))}");
            }
        }

        int from = 0;
        InferResult[] results = new InferResult[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            InferTimings timings = new(
                time.GetElapsedTime(members[i].Arrived, started), time.GetElapsedTime(started, joined),
                time.GetElapsedTime(joined, computed),
                time.GetElapsedTime(computed), rows);
            results[i] = outputs.Rows(from, members[i].Rows, rows, timings);
            from += members[i].Rows;
        }

        return results;
    }

    private sealed class Departures(RunSlot slot, int members)
    {
        private int _left = members;

        public bool AllLeft => Volatile.Read(ref _left) == 0;

        public void OneLeft()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                slot.Terminate();
            }
        }
    }
}
