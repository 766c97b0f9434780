using ModelOperator.Protocol;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Models;

/// <summary>
/// Opens a model, decides how it is run, and runs it in the shapes that traffic will bring, so that no client pays for what is done only
/// once.
/// </summary>
internal sealed class ModelOpener(
    SessionFactory factory, ExecutionOptions options, FeedbackOptions feedback, TimeProvider time, ILogger logger)
{
    /// <summary>Models of fewer bytes allocate so little for a run that the C library's allocator is the faster one.</summary>
    private const long ArenaFrom = 16 * 1024 * 1024;

    /// <summary>Runs at the same time on a GPU: while one computes, the inputs of the next are brought there.</summary>
    private const int GpuInstances = 2;

    /// <summary>Rows that are tried together; TensorRT builds its engine anew whenever the largest size grows.</summary>
    private const int TriedRows = 8;

    public static ModelOpener For(ExecutionOptions options, FeedbackOptions feedback, TimeProvider time, ILogger logger) =>
        new(
            new SessionFactory(
                new OptimizedGraphs(options.CacheDirectory, new SealedFiles(CacheKey.Load(options.CacheKeyFile)), logger), logger),
            options,
            feedback,
            time,
            logger);

    /// <summary>Opens models in another way.</summary>
    public ModelOpener With(ExecutionOptions other) => new(factory, other, feedback, time, logger);

    public OnnxModel Open(string path, ModelStatistics statistics, CancellationToken cancellationToken)
    {
        List<OrtSession> sessions = [];
        try
        {
            sessions.Add(OpenSession(path, options.Devices[0], cancellationToken));
            if (sessions[0].Provider != ExecutionProvider.Cpu)
            {
                OpenOtherDevices(path, sessions, cancellationToken);
            }

            return Open(sessions, statistics, cancellationToken);
        }
        catch
        {
            sessions.ForEach(session => session.Dispose());
            throw;
        }
    }

    private OnnxModel Open(List<OrtSession> sessions, ModelStatistics statistics, CancellationToken cancellationToken)
    {
        ModelSignature signature = ModelSignature.Of(sessions[0].Managed, logger);
        PredictionReader? predictions = PredictionReader.For(signature.Outputs, feedback);
        OutputSelections selections = new(signature.Outputs, predictions?.OutputName);
        InferTensor[] sample;
        BatchingPlan plan;
        using (RunSlot slot = new(sessions[0], signature.Inputs))
        {
            Trial trial = new(slot, selections.All, time);
            sample = FindSample(trial, signature, cancellationToken);
            plan = Plan(trial, slot, signature, sample, selections.All, cancellationToken);
        }

        LogMessages.Batching(logger, plan.MaxRows, plan.Reason);
        WarmUp(sessions, signature, selections.All, sample, plan, cancellationToken);
        sessions.ForEach(session => session.Engines?.Keep());
        NativeHeap.Trim();
        ImagePages.Release();

        ProviderShare[] shares = ProviderShare.Of(sessions[0]);
        LogMessages.Running(logger, string.Join(", ", shares));
        InstancePool instances = new(sessions.Select(s => (s, Instances(s, plan))), signature.Inputs);
        MakeRoom(instances.Count);
        ModelHealth health = new(selections.All, logger) { Sample = sample };
        ModelRunner runner = new(signature.Inputs, health, statistics, time);
        RunScheduler scheduler = new(
            instances, runner, new BatchRunner(signature.Inputs, statistics, runner, time, logger), signature.Inputs, plan, time);
        return new OnnxModel(signature, predictions, plan, shares, instances, selections, health, scheduler);
    }

    private OrtSession OpenSession(string path, int device, CancellationToken cancellationToken)
    {
        bool arena = File.Exists(path) && new FileInfo(path).Length >= ArenaFrom;
        int threads = options.Threads
            ?? Math.Max(1, options.Cpus / (options.Providers[0] == ExecutionProvider.Cpu ? options.Instances ?? 1 : 1));
        return factory.Open(
            path,
            new SessionRecipe(options.Providers, device, threads, options.Precision, arena, options.FlushDenormals),
            cancellationToken);
    }

    private void OpenOtherDevices(string path, List<OrtSession> sessions, CancellationToken cancellationToken)
    {
        foreach (int device in options.Devices.Skip(1))
        {
            OrtSession session = OpenSession(path, device, cancellationToken);
            sessions.Add(session);
            if (session.Provider != sessions[0].Provider)
            {
                throw new TerminatingException(
                    FailureReasons.ProviderUnavailable,
                    $"device {device} runs the model on {session.Provider.Name()}, "
                    + $"but device {sessions[0].Device} on {sessions[0].Provider.Name()}");
            }
        }
    }

    private InferTensor[] FindSample(Trial trial, ModelSignature signature, CancellationToken cancellationToken)
    {
        (InferTensor[] sample, string failure) = trial.FindSample(signature.Inputs, cancellationToken);
        if (sample.Length == 0)
        {
            LogMessages.WarmUpFailed(logger, failure);
        }
        else
        {
            LogMessages.WarmedUp(logger, string.Join(", ", sample.Select(t => $"{t.Name} {Shapes.Format(t.Shape)}")));
        }

        return sample;
    }

    private BatchingPlan Plan(
        Trial trial, RunSlot slot, ModelSignature signature, InferTensor[] sample, OutputSelection all, CancellationToken cancellationToken)
    {
        string? obstacle = BatchAxis.Obstacle(signature.Inputs, signature.Outputs);
        bool wanted = obstacle is null && sample.Length > 0 && options.Batching.MaxBatchSize is not (0 or 1);
        bool? independent = wanted ? new RowIndependence(sample, all).Check(slot) : null;
        TimeSpan single = wanted ? trial.Measure(sample, rows: null, cancellationToken) : TimeSpan.Zero;
        int tried = slot.Session.Provider == ExecutionProvider.TensorRT ? BatchingPlan.DefaultRows : TriedRows;
        return BatchingPlan.Decide(
            options.Batching, obstacle, independent, single, tried, rows => trial.Measure(sample, rows, cancellationToken));
    }

    private void WarmUp(
        List<OrtSession> sessions, ModelSignature signature, OutputSelection all, InferTensor[] sample, BatchingPlan plan,
        CancellationToken cancellationToken)
    {
        if (sample.Length == 0)
        {
            return;
        }

        foreach (OrtSession session in sessions)
        {
            using RunSlot slot = new(session, signature.Inputs);
            Trial trial = new(slot, all, time);
            // The largest first: memory is then there for all, and TensorRT builds for a range of sizes at once.
            for (int rows = plan.MaxRows; rows > 1; rows /= 2)
            {
                cancellationToken.ThrowIfCancellationRequested();
                trial.Run(sample, rows);
            }

            trial.Run(sample, rows: null);
        }
    }

    /// <summary>
    /// On the CPU a run may use all threads, and as many run beside each other as there are CPUs: with one request all threads answer it
    /// sooner, and with many none of them waits. Batches come one after the other, and whoever comes meanwhile makes the next one.
    /// </summary>
    private int Instances(OrtSession session, BatchingPlan plan)
    {
        int instances = options.Instances ?? (session.Provider != ExecutionProvider.Cpu ? GpuInstances
            : plan.Batches ? 1
            : Math.Max(1, options.Cpus / (options.Threads ?? 1)));
        LogMessages.Layout(logger, session.Provider.Name(), session.Device, instances, session.Threads);
        return instances;
    }

    /// <summary>Runs block threads; probes and other requests need some besides.</summary>
    private static void MakeRoom(int runs)
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, runs + Environment.ProcessorCount), completions);
    }
}
